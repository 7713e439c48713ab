using Microsoft.EntityFrameworkCore;
using Recovery.ControlPlane.Inventory.OpenStack.Api;
using Recovery.ControlPlane.Inventory.OpenStack.Cloud;
using Recovery.ControlPlane.Inventory.OpenStack.Databases;
using Recovery.ControlPlane.Inventory.OpenStack.Writing;

namespace Recovery.ControlPlane.Inventory.OpenStack;

/// <summary>
/// Lets Nova use a host again that is back: once its nova-compute has cleaned up after every evacuation, and only where it
/// was Recovery that took it out of service.
/// </summary>
internal sealed partial class HostReadmission(
    CloudConnections connections, OpenStackApis apis, ForeignWriter writer, TimeProvider time, ILogger<HostReadmission> logger)
{
    /// <returns>Why not yet, for a human; null when it may, or when that is not ours to say.</returns>
    /// <exception cref="InventoryUnreachableException">Nova's databases can't be read or written now.</exception>
    public async Task<string?> ReadmitAsync(string host, CancellationToken cancellationToken)
    {
        try
        {
            return await ReadAsync(host, cancellationToken) is { } standing ? await ReadmitAsync(standing, cancellationToken) : null;
        }
        catch (CloudUnreadableException unreadable)
        {
            throw new InventoryUnreachableException(unreadable.Message, unreadable);
        }
    }

    private async Task<string?> ReadmitAsync(Standing standing, CancellationToken cancellationToken)
    {
        var (service, cell, open) = standing;
        if (open > 0)
        {
            return $"{(open == 1 ? "1 evacuation" : $"{open} evacuations")} from {service.Host} {(open == 1 ? "is" : "are")} not completed: "
                + $"start nova-compute there, which destroys what is stale, and see its log (openstack compute service list --service nova-compute --host {service.Host}).";
        }

        if (!service.Disabled || !EvacuationStart.IsOurReason(service.DisabledReason))
        {
            if (service.Disabled || service.ForcedDown)
            {
                LogNotOurs(service.Host, service.DisabledReason ?? "");
            }

            return null;
        }

        return await ThroughTheApiAsync(service, cancellationToken) ? null : await InTheDatabaseAsync(service, cell, cancellationToken);
    }

    // First the force, then the rest: whoever goes on after a crash in between still finds our reason.
    private async Task<bool> ThroughTheApiAsync(ComputeService service, CancellationToken cancellationToken)
    {
        if (connections.Options.IdentityUrl.Length == 0)
        {
            return false;
        }

        try
        {
            var seen = (await apis.Compute.ServicesAsync(cancellationToken)).FirstOrDefault(each => each.Host == service.Host);
            if (seen is not { Disabled: true } || !EvacuationStart.IsOurReason(seen.DisabledReason))
            {
                return false;
            }

            if (seen.ForcedDown)
            {
                await apis.Compute.ForceDownAsync(seen.Id, down: false, cancellationToken);
            }

            await apis.Compute.EnableAsync(seen.Id, cancellationToken);
            LogReadmitted(service.Host, "Nova's API");
            return true;
        }
        catch (OpenStackApiException failure)
        {
            LogNoApi(service.Host, failure.Message);
            return false;
        }
    }

    // Nova takes the trait COMPUTE_STATUS_DISABLED away by itself then, within a minute.
    private async Task<string?> InTheDatabaseAsync(ComputeService seen, string cell, CancellationToken cancellationToken)
    {
        var built = SourceReturn.Of(seen, cell, time.GetUtcNow());
        if (built.Transaction is not { } transaction)
        {
            return built.Refusal;
        }

        var outcome = await writer.ApplyAsync(transaction, cancellationToken);
        switch (outcome)
        {
            case { Done: true }:
                LogReadmitted(seen.Host, "its database");
                return null;
            case { RetryCanHelp: true }:
                throw new InventoryUnreachableException(outcome.Message);
            default:
                return outcome.Message;
        }
    }

    // Null: Nova has no such nova-compute, so there is nothing to give back.
    private async Task<Standing?> ReadAsync(string host, CancellationToken cancellationToken)
    {
        var login = await connections.ReaderLoginAsync(cancellationToken);
        var novaApi = await connections.OpenAsync<NovaApiContext>(login.NovaApi, cancellationToken);
        var mapping = await novaApi.ReadAsync(context => context.HostMappings.Where(row => row.Host == host).FirstOrDefaultAsync(cancellationToken));
        var cells = await CloudConnections.CellsAsync(novaApi, cancellationToken);
        if (mapping is null || cells.FirstOrDefault(each => each.Id == mapping.CellId) is not { } cell)
        {
            return null;
        }

        var nova = await connections.OpenAsync<NovaContext>(login.Cell(cell.Name, cell.Url), cancellationToken);

        // Soft-deleted ones arm the clean-up too.
        var open = await nova.ReadAsync(context => context.Migrations.CountAsync(
            row => row.SourceCompute == host && row.MigrationType == "evacuation" && CellReader.ArmedStates.Contains(row.Status),
            cancellationToken));
        var service = await nova.ReadAsync(context => context.Services
            .Where(row => row.Host == host && row.Binary == "nova-compute" && row.Deleted == 0)
            .FirstOrDefaultAsync(cancellationToken));
        return service is null ? null : new Standing(FactRecords.Of(service), cell.Name, open);
    }

    /// <param name="Service">Its nova-compute.</param>
    /// <param name="Cell">By its name.</param>
    /// <param name="OpenEvacuations">From it, that it has not cleaned up after.</param>
    private sealed record Standing(ComputeService Service, string Cell, int OpenEvacuations);

    [LoggerMessage(Level = LogLevel.Information, Message = "nova-compute on {Host} was not disabled by Recovery (disabled reason '{Reason}'), so it stays as it is, disabled or down by force: its operator decides (openstack compute service set).")]
    private partial void LogNotOurs(string host, string reason);

    [LoggerMessage(Level = LogLevel.Information, Message = "nova-compute on {Host} is in service again, through {Way}.")]
    private partial void LogReadmitted(string host, string way);

    [LoggerMessage(Level = LogLevel.Warning, Message = "nova-compute on {Host} is brought into service in Nova's database, since its API could not be used: {Why}")]
    private partial void LogNoApi(string host, string why);
}
