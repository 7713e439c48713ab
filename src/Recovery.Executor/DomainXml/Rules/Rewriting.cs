using System.Xml.Linq;
using Recovery.Executor.DomainXml.Document;

namespace Recovery.Executor.DomainXml.Rules;

/// <summary>One definition on its way to one target; every rule edits the same elements and adds its sentences.</summary>
internal sealed class Rewriting(XElement domain, TargetProfile target)
{
    private readonly List<string> _changes = [];
    private readonly List<string> _refusals = [];

    public XElement Domain { get; } = domain;

    public TargetProfile Target { get; } = target;

    /// <summary>The definition is that of a running guest: libvirt gives an id to those only.</summary>
    public bool IsLive { get; } = domain.Attribute("id") is not null;

    public IReadOnlyList<string> Changes => _changes;

    public IReadOnlyList<string> Refusals => _refusals;

    public void Change(string sentence) => AddOnce(_changes, sentence);

    public void Refuse(string sentence) => AddOnce(_refusals, sentence);

    /// <summary>Sets the attribute, and says so where the value is another one.</summary>
    /// <param name="subject">"graphics vnc"</param>
    /// <param name="what">"listen address"</param>
    public void Replace(XElement element, string attribute, string value, string subject, string what)
    {
        var old = element.Get(attribute);
        if (old == value)
        {
            return;
        }

        element.SetAttributeValue(attribute, value);
        Change(old is null
            ? $"{subject}: {what} is set to {Sentence.Quote(value)}."
            : $"{subject}: {what} {Sentence.Quote(old)} becomes {Sentence.Quote(value)}.");
    }

    // A serial port and the console on it are two elements for one device.
    private static void AddOnce(List<string> sentences, string sentence)
    {
        if (!sentences.Contains(sentence))
        {
            sentences.Add(sentence);
        }
    }
}
