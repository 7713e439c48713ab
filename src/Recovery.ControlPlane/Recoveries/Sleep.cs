namespace Recovery.ControlPlane.Recoveries;

/// <summary>
/// A wait among others. A delay that is cancelled while <c>Task.WhenAny</c> waits for it sends what follows to the thread
/// pool; this one ends where it began, on its scheduler.
/// </summary>
internal static class Sleep
{
    public static async Task ForAsync(TimeSpan duration, TimeProvider time, CancellationToken cancellationToken) =>
        await Task.Delay(duration, time, cancellationToken);
}
