using System.Xml.Linq;
using Recovery.Executor.DomainXml.Document;

namespace Recovery.Executor.DomainXml.Rules;

/// <summary>A network disk is the same from every host, as long as its server is not the source host itself.</summary>
internal static class NetworkSourceRule
{
    public static void Apply(XElement source, string subject, Rewriting rewriting)
    {
        var protocol = source.Get("protocol");
        var hosts = source.Elements("host").ToList();

        // Ceph's monitors may come from the host's own ceph.conf.
        if (hosts.Count == 0 && protocol != "rbd")
        {
            rewriting.Refuse($"{subject}: the {protocol} source {Sentence.Quote(source.Get("name"))} names no server, so it is one of the source host. Name the server's address in the definition.");
        }

        foreach (var host in hosts)
        {
            if (host.Get("transport") == "unix" || host.Get("socket") is not null)
            {
                rewriting.Refuse($"{subject}: the {protocol} source {Sentence.Quote(source.Get("name"))} is reached by the Unix socket {Sentence.Quote(host.Get("socket"))} of the source host. Serve it over the network.");
            }
            else if (HostNames.MeansHostItself(host.Get("name")))
            {
                rewriting.Refuse($"{subject}: the {protocol} source {Sentence.Quote(source.Get("name"))} is served by {Sentence.Quote(host.Get("name"))}, the source host itself. Serve it on an address that {rewriting.Target.Host} reaches.");
            }
        }

        foreach (var file in new[] { source.Element("identity")?.Attribute("keyfile"), source.Element("knownHosts")?.Attribute("path") }.OfType<XAttribute>())
        {
            var (mapped, fault) = StoragePaths.Map(file.Value, rewriting.Target);
            if (mapped is null)
            {
                rewriting.Refuse($"{subject}: {file.Name.LocalName} {Sentence.Quote(file.Value)} {fault}. Keep it on shared storage.");
            }
            else
            {
                rewriting.Replace(file.Parent!, file.Name.LocalName, mapped, subject, file.Name.LocalName);
            }
        }
    }
}
