using System.Globalization;
using Recovery.ControlPlane.Persistence.Rows;
using Recovery.Core.Workflow;

namespace Recovery.ControlPlane.Fencing;

/// <summary>The last level that needs no human: the storage lets the host write no more.</summary>
internal sealed class StorageLevel(HostRow host, IStorageFence fence, TimeProvider time) : IFenceLevel
{
    private const string Name = "storage fence";
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(60);

    public int Tries => 2;

    public async Task<FenceLevelEnd> TryAsync(List<string> lines, CancellationToken cancellationToken)
    {
        using var deadline = new CancellationTokenSource(Patience, time);
        using var patience = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken, deadline.Token);
        try
        {
            if (await fence.TryAsync(host, patience.Token) is not { } attempt)
            {
                return Failed($"it has nothing to do with {host.Name}") with { Hopeless = true };
            }

            lines.AddRange(attempt.Log);
            return new FenceLevelEnd(attempt.ProvenOff, attempt.Evidence, FenceProofKind.StorageCutOff) { At = attempt.At };
        }
        catch (OperationCanceledException) when (!cancellationToken.IsCancellationRequested)
        {
            return Failed(string.Create(CultureInfo.InvariantCulture, $"it did not answer within {Patience.TotalSeconds:0} s"));
        }
        catch (Exception failure) when (failure is not OperationCanceledException)
        {
            // Whatever goes wrong in there, it must not keep a human from attesting.
            return Failed(failure.Message);
        }

        FenceLevelEnd Failed(string why)
        {
            lines.Add($"{Name}: failed ({why})");
            return new FenceLevelEnd(false, $"Storage fence: {why}.", FenceProofKind.StorageCutOff);
        }
    }
}
