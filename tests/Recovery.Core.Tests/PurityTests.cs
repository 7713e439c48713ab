using System.Reflection;
using Recovery.Core.Planning;

namespace Recovery.Core.Tests;

public class PurityTests
{
    private static readonly string[] Allowed =
        ["System.Runtime", "System.Runtime.InteropServices", "System.Collections", "System.Linq", "System.Memory"];

    [Fact]
    public void The_core_references_nothing_that_could_do_io()
    {
        var references = typeof(Planner).Assembly.GetReferencedAssemblies().Select(name => name.Name!);

        Assert.Empty(references.Except(Allowed));
    }

    [Fact]
    public void The_core_knows_no_tasks()
    {
        const BindingFlags Everything =
            BindingFlags.Public | BindingFlags.NonPublic | BindingFlags.Instance | BindingFlags.Static | BindingFlags.DeclaredOnly;

        var asynchronous = typeof(Planner).Assembly.GetTypes()
            .SelectMany(type => type.GetMethods(Everything))
            .Where(method => typeof(Task).IsAssignableFrom(method.ReturnType));

        Assert.Empty(asynchronous);
    }
}
