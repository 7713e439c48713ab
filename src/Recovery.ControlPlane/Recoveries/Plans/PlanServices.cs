namespace Recovery.ControlPlane.Recoveries.Plans;

public static class PlanServices
{
    /// <summary>Making and keeping plans; for those that are shown and those that are carried out.</summary>
    public static IServiceCollection AddPlans(this IServiceCollection services) => services
        .AddSingleton<PlanMaker>()
        .AddSingleton<PlanArchive>()
        .AddSingleton<HistoryReader>();
}
