namespace Recovery.Executor.Iscsi;

/// <summary>Proves that this host can use a logical unit, as QEMU's initiator will: logs in, sees it, logs out.</summary>
internal static class IscsiProbe
{
    /// <summary>
    /// Asks the target; nothing is written and no session is left. The session has its own random identifier, so
    /// that it does not take the place of a session that a running guest holds.
    /// </summary>
    /// <returns>The size of the logical unit in bytes.</returns>
    /// <exception cref="IscsiException">Portal unreachable, login refused, or logical unit missing.</exception>
    /// <exception cref="OperationCanceledException">Cancelled.</exception>
    public static async Task<ulong> Size(IscsiTarget target, TimeSpan patience, CancellationToken cancellation)
    {
        using var limit = CancellationTokenSource.CreateLinkedTokenSource(cancellation);
        limit.CancelAfter(patience);
        try
        {
            var address = await target.Portal.Resolved(limit.Token);
            await address.Knock(limit.Token);
            return await Task.Run(() => Ask(target, address, limit.Token), limit.Token);
        }
        catch (OperationCanceledException) when (!cancellation.IsCancellationRequested)
        {
            throw new IscsiException(IscsiFault.PortalUnreachable,
                $"iSCSI portal {target.Portal} did not answer within {patience.TotalSeconds:0} s; "
                + "check the network between this host and the storage, and that the target service runs", retryCanHelp: true);
        }
    }

    private static ulong Ask(IscsiTarget target, IscsiPortal address, CancellationToken cancellation)
    {
        using var session = IscsiSession.Open(target, cancellation);
        session.Connect(address);
        session.LogIn();
        session.WaitUntilReady();
        var size = session.Capacity();
        session.LogOut();
        return size;
    }
}

/// <summary>A logical unit and how to log in to it.</summary>
/// <param name="InitiatorName">The IQN that the target sees; ACLs are written for it.</param>
/// <param name="ChapUsername">Empty: no CHAP.</param>
/// <param name="ChapPassword">Secret.</param>
internal sealed record IscsiTarget(
    IscsiPortal Portal, string TargetName, uint Lun, string InitiatorName, string ChapUsername, string ChapPassword)
{
    // A record would print the password.
    public override string ToString() => $"{TargetName} LUN {Lun} at {Portal}";
}
