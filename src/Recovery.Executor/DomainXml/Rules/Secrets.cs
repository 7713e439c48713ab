using System.Xml.Linq;
using Recovery.Executor.DomainXml.Document;

namespace Recovery.Executor.DomainXml.Rules;

/// <summary>libvirt secrets stay on their host; a definition only names them. The target must have one of that name.</summary>
internal static class Secrets
{
    public static void Check(XElement secret, string subject, Rewriting rewriting)
    {
        var target = rewriting.Target;
        var known = secret.Get("uuid") is { } uuid
            ? target.SecretUuids.Any(other => Guid.TryParse(other, out var left) && Guid.TryParse(uuid, out var right) && left == right)
            : secret.Get("usage") is { } usage && target.SecretUsages.Contains(usage);
        if (!known)
        {
            var name = secret.Get("uuid") is null ? $"usage {Sentence.Quote(secret.Get("usage"))}" : $"UUID {Sentence.Quote(secret.Get("uuid"))}";
            rewriting.Refuse($"{subject}: it needs the libvirt secret ({secret.Get("type")}) with {name}, which {target.Host} doesn't have. Define the secret there with virsh secret-define and secret-set-value.");
        }
    }
}
