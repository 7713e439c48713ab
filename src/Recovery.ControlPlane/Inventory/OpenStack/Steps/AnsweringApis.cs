using Recovery.ControlPlane.Configuration;
using Recovery.ControlPlane.Inventory.OpenStack.Api;

namespace Recovery.ControlPlane.Inventory.OpenStack.Steps;

/// <summary>Which of the cloud's APIs answer. Many instances ask at once, so an answer counts for some seconds.</summary>
internal sealed class AnsweringApis(OpenStackApis apis, OpenStackOptions options, TimeProvider time)
{
    private const string NoneConfigured = "Recovery:OpenStack:IdentityUrl names no Keystone";

    private readonly Answer blockStorage = new(apis.BlockStorage.WhyNotAsync, "Cinder", time);
    private readonly Answer network = new(apis.Network.WhyNotAsync, "Neutron", time);

    /// <summary>No API shall be asked: everything is done in the databases.</summary>
    public bool None => options.IdentityUrl.Length == 0;

    /// <returns>Null when Cinder answers; else why not.</returns>
    public Task<string?> WhyNotBlockStorageAsync(CancellationToken cancellationToken) =>
        None ? Task.FromResult<string?>(NoneConfigured) : blockStorage.AskAsync(cancellationToken);

    /// <returns>Null when Neutron answers; else why not.</returns>
    public Task<string?> WhyNotNetworkAsync(CancellationToken cancellationToken) =>
        None ? Task.FromResult<string?>(NoneConfigured) : network.AskAsync(cancellationToken);

    private sealed class Answer(Func<CancellationToken, Task<string?>> ask, string name, TimeProvider time)
    {
        private static readonly TimeSpan Counts = TimeSpan.FromSeconds(5);

        // A recovery does not wait for an API that it can do without.
        private static readonly TimeSpan Patience = TimeSpan.FromSeconds(6);

        private readonly Lock gate = new();
        private (DateTimeOffset At, Task<string?> WhyNot)? last;

        public Task<string?> AskAsync(CancellationToken cancellationToken)
        {
            lock (gate)
            {
                if (last is not { } known || (known.WhyNot.IsCompleted && time.GetUtcNow() - known.At >= Counts))
                {
                    last = known = (time.GetUtcNow(), AskNowAsync());
                }

                return known.WhyNot.WaitAsync(cancellationToken);
            }
        }

        // Others wait for it too, so that nobody's giving up ends it.
        private async Task<string?> AskNowAsync()
        {
            using var late = new CancellationTokenSource(Patience, time);
            try
            {
                return await ask(late.Token);
            }
            catch (OperationCanceledException)
            {
                return $"{name} did not answer within {Patience.TotalSeconds:0} s; see whether it works, and its log.";
            }
        }
    }
}
