using Microsoft.EntityFrameworkCore.Diagnostics;
using Microsoft.Extensions.DependencyInjection;
using Recovery.Scenarios.Tests.Cluster;
using Recovery.Scenarios.Tests.Time;

namespace Recovery.Scenarios.Tests.Mutants;

/// <summary>Guards that are taken away, so that it is seen what they guard.</summary>
internal sealed record Mutations
{
    public static readonly Mutations None = new();

    public bool ExecutorForgetsItsLog { get; init; }

    public bool ExecutorAcceptsOlderEpochs { get; init; }

    /// <summary>Between the control plane and its database.</summary>
    public IReadOnlyList<IInterceptor> Interceptors { get; init; } = [];

    /// <summary>Puts something else in the place of a part of the control plane.</summary>
    public Action<IServiceCollection, World, Strand> Replace { get; init; } = (_, _, _) => { };
}
