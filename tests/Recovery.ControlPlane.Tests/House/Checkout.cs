namespace Recovery.ControlPlane.Tests.House;

/// <summary>Where the sources are that these tests were built from.</summary>
internal static class Checkout
{
    public static string Root { get; } = Find();

    private static string Find()
    {
        var directory = new DirectoryInfo(AppContext.BaseDirectory);
        while (!File.Exists(Path.Combine(directory.FullName, "Recovery.sln")))
        {
            directory = directory.Parent!;
        }

        return directory.FullName;
    }
}
