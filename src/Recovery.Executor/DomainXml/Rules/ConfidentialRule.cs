using Recovery.Executor.DomainXml.Document;

namespace Recovery.Executor.DomainXml.Rules;

/// <summary>Memory encrypted by the source's processor: keys and measurements are bound to that processor.</summary>
internal static class ConfidentialRule
{
    public static void Apply(Rewriting rewriting)
    {
        foreach (var security in rewriting.Domain.Elements("launchSecurity"))
        {
            rewriting.Refuse($"launchSecurity: {Sentence.Quote(security.Get("type"))} binds the guest to the source's processor, and its owner has to attest {rewriting.Target.Host} anew. Start the guest there by hand.");
        }
    }
}
