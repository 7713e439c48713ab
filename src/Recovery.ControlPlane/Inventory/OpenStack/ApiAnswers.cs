using Recovery.ControlPlane.Configuration;
using Recovery.ControlPlane.Inventory.OpenStack.Api;

namespace Recovery.ControlPlane.Inventory.OpenStack;

/// <summary>Which of the cloud's APIs answer us now; null where one does, else why not, as a sentence.</summary>
internal sealed record ApiAnswers(string? Compute, string? BlockStorage, string? Network)
{
    // A plan is not held up for services that may well be as dead as the host. But a first token, and each service's first look
    // at it, take a second each where nothing else is to do, and a cloud that has lost a host has.
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(10);

    /// <summary>Nobody was asked, because nobody says where they are.</summary>
    public static readonly ApiAnswers NotConfigured = AllOf("Recovery:OpenStack:IdentityUrl is empty, so no API is asked.");

    public static async Task<ApiAnswers> AskAsync(OpenStackApis apis, OpenStackOptions options, TimeProvider time, CancellationToken cancellationToken)
    {
        if (options.IdentityUrl.Length == 0)
        {
            return NotConfigured;
        }

        using var limit = new CancellationTokenSource(Patience, time);
        using var either = CancellationTokenSource.CreateLinkedTokenSource(limit.Token, cancellationToken);
        var answers = await Task.WhenAll(
            AskOneAsync("Nova", apis.Compute.WhyNotAsync),
            AskOneAsync("Cinder", apis.BlockStorage.WhyNotAsync),
            AskOneAsync("Neutron", apis.Network.WhyNotAsync));
        return new ApiAnswers(answers[0], answers[1], answers[2]);

        async Task<string?> AskOneAsync(string name, Func<CancellationToken, Task<string?>> ask)
        {
            try
            {
                return await ask(either.Token);
            }
            catch (OperationCanceledException) when (!cancellationToken.IsCancellationRequested)
            {
                return $"{name} did not answer within {Patience.TotalSeconds:0} s.";
            }
        }
    }

    private static ApiAnswers AllOf(string why) => new(why, why, why);
}
