using System.Security.Cryptography;
using System.Text;
using Microsoft.EntityFrameworkCore;
using Recovery.ControlPlane.Persistence;
using Recovery.ControlPlane.Persistence.Rows;

namespace Recovery.ControlPlane.Inventory.Reports;

/// <summary>Can a host's processor be this guest's? Guests of the same answer have the same question, and the same id.</summary>
/// <param name="CpuXml">The guest's <c>&lt;cpu&gt;</c> element.</param>
/// <param name="DomainType"><c>kvm</c> or <c>qemu</c>.</param>
/// <param name="Architecture"><c>x86_64</c></param>
/// <param name="MachineType">As the definition writes it.</param>
/// <param name="SourceCpuModel">Of the host that the guest comes from: what host-passthrough meant. Empty when unknown.</param>
public sealed record CpuQuestion(
    string CpuXml, string DomainType, string Architecture, string MachineType, string SourceCpuModel)
{
    // Twelve hexadecimal digits: a cluster has some dozens of these, not millions.
    private const int IdLength = 12;

    /// <summary>The beginning of a SHA-256 of all of it, so that it is the same after a restart.</summary>
    public string Id { get; } = Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(
        string.Join('\n', DomainType, Architecture, MachineType, SourceCpuModel, CpuXml))))[..IdLength];
}

/// <summary>The CPU questions of a cluster's domains, each made once.</summary>
/// <param name="models">Each host's CPU model, by its name.</param>
public sealed class CpuQuestions(IReadOnlyDictionary<string, string> models)
{
    private readonly Dictionary<(string, string, string, string, string), CpuQuestion> known = [];

    public static async Task<CpuQuestions> ReadAsync(RecoveryDbContext database, CancellationToken cancellationToken) =>
        new(await database.Hosts.AsNoTracking().Select(row => new { row.Name, row.CpuModel })
            .ToDictionaryAsync(row => row.Name, row => row.CpuModel, StringComparer.Ordinal, cancellationToken));

    /// <summary>Null when the domain asks for no processor.</summary>
    public CpuQuestion? Of(DomainRow domain)
    {
        if (domain.CpuXml.Length == 0)
        {
            return null;
        }

        var asked = domain.Requirements;
        var key = (domain.CpuXml, asked.DomainType, asked.Architecture, asked.MachineType, models.GetValueOrDefault(domain.Host, ""));
        if (!known.TryGetValue(key, out var question))
        {
            known[key] = question = new CpuQuestion(key.CpuXml, key.DomainType, key.Architecture, key.MachineType, key.Item5);
        }

        return question;
    }
}
