using System.Buffers.Binary;
using System.Globalization;
using System.Runtime.InteropServices;
using System.Text.RegularExpressions;

namespace Recovery.Executor.Iscsi;

/// <summary>One session with one target (RFC 7143), driven by polling on the calling thread so that it can be cancelled.</summary>
internal sealed unsafe partial class IscsiSession : IDisposable
{
    private const int NormalSession = 2;
    private const int PollMilliseconds = 100;
    private const int MostUnitAttentions = 8;
    private const int Good = 0, CheckCondition = 2;
    private const int NotReady = 2, IllegalRequest = 5, UnitAttention = 6;
    private const int UnknownOperation = 0x2000;

    private readonly IscsiHandle handle;
    private readonly IscsiTarget target;
    private readonly CancellationToken cancellation;

    // libiscsi writes here from its callbacks, the last time when the context is destroyed. The connection has its
    // own place, since its callback comes again when the connection breaks.
    private readonly Pending* connection = (Pending*)NativeMemory.AllocZeroed((nuint)sizeof(Pending));
    private readonly Pending* pending = (Pending*)NativeMemory.AllocZeroed((nuint)sizeof(Pending));

    private IscsiSession(IscsiHandle handle, IscsiTarget target, CancellationToken cancellation) =>
        (this.handle, this.target, this.cancellation) = (handle, target, cancellation);

    public static IscsiSession Open(IscsiTarget target, CancellationToken cancellation)
    {
        var handle = NativeMethods.iscsi_create_context(target.InitiatorName);
        if (handle.IsInvalid) throw new InvalidOperationException("libiscsi gave no context");
        var session = new IscsiSession(handle, target, cancellation);
        NativeMethods.iscsi_set_session_type(handle, NormalSession);
        NativeMethods.iscsi_set_targetname(handle, target.TargetName);
        // A probe wants to hear of a broken session, not to mend it.
        NativeMethods.iscsi_set_noautoreconnect(handle, 1);
        if (target.ChapUsername.Length > 0)
            NativeMethods.iscsi_set_initiator_username_pwd(handle, target.ChapUsername, target.ChapPassword);
        return session;
    }

    /// <param name="portal">By address, so that nothing has to be looked up.</param>
    public void Connect(IscsiPortal portal)
    {
        if (Await(connection, () => NativeMethods.iscsi_connect_async(handle, portal.ToString(), &OnDone, (nint)connection)) == Good) return;
        throw new IscsiException(IscsiFault.PortalUnreachable,
            $"iSCSI portal {target.Portal} can't be reached ({Error()}); check the network between this host and the storage, "
            + "and that the target service runs", retryCanHelp: true);
    }

    public void LogIn()
    {
        if (Await(pending, () => NativeMethods.iscsi_login_async(handle, &OnDone, (nint)pending)) != Good) throw LoginFailure();
    }

    /// <summary>Waits out the unit attentions that follow a login (the first command after it is told of resets).</summary>
    public void WaitUntilReady()
    {
        for (var attempt = 0; ; attempt++)
        {
            var (status, key, code, _) = Command(() => NativeMethods.iscsi_testunitready_task(handle, (int)target.Lun, &OnDone, (nint)pending));
            if (status == Good) return;
            if (status == CheckCondition && key == UnitAttention && attempt < MostUnitAttentions) continue;
            if (status == CheckCondition && key == NotReady)
                throw new IscsiException(IscsiFault.LunMissing,
                    $"{target} is there but not ready (sense {code:x4}); check its backing store on the storage node", retryCanHelp: true);
            throw LunMissing(key, code);
        }
    }

    /// <summary>The size in bytes, by READ CAPACITY (16), or (10) where the target is too old for it.</summary>
    public ulong Capacity()
    {
        var answer = Command(() => NativeMethods.iscsi_readcapacity16_task(handle, (int)target.Lun, &OnDone, (nint)pending));
        if (answer.Status == Good && answer.Data.Length >= 12)
            return (BinaryPrimitives.ReadUInt64BigEndian(answer.Data) + 1) * BinaryPrimitives.ReadUInt32BigEndian(answer.Data.AsSpan(8));
        if (answer is not { Key: IllegalRequest, Code: UnknownOperation }) throw LunMissing(answer.Key, answer.Code);
        answer = Command(() => NativeMethods.iscsi_readcapacity10_task(handle, (int)target.Lun, 0, 0, &OnDone, (nint)pending));
        return answer.Status == Good && answer.Data.Length >= 8
            ? (BinaryPrimitives.ReadUInt32BigEndian(answer.Data) + 1ul) * BinaryPrimitives.ReadUInt32BigEndian(answer.Data.AsSpan(4))
            : throw LunMissing(answer.Key, answer.Code);
    }

    /// <summary>Ends the session politely; a target that does not answer any more has seen everything that mattered.</summary>
    public void LogOut() => Await(pending, () => NativeMethods.iscsi_logout_async(handle, &OnDone, (nint)pending));

    public void Dispose()
    {
        handle.Dispose();
        NativeMemory.Free(connection);
        NativeMemory.Free(pending);
    }

    private delegate int Begin();

    private delegate ScsiTask* BeginTask();

    private readonly record struct Answer(int Status, int Key, int Code, byte[] Data);

    private Answer Command(BeginTask begin)
    {
        ScsiTask* task = null;
        Await(pending, () => (task = begin()) is null ? -1 : 0);
        // A task in flight belongs to libiscsi; the context ends it.
        if (task is null || pending->Done == 0) throw Broken();
        try
        {
            var data = task->Data is null || task->DataLength <= 0 ? [] : new ReadOnlySpan<byte>(task->Data, task->DataLength).ToArray();
            return new Answer(pending->Status, task->SenseKey, task->SenseCode, data);
        }
        finally
        {
            NativeMethods.scsi_free_scsi_task(task);
        }
    }

    // Begins, then serves the socket until the callback came. Returns its status; a session that broke gives -1.
    private int Await(Pending* answer, Begin begin)
    {
        *answer = default;
        if (begin() != 0) return -1;
        while (answer->Done == 0)
        {
            cancellation.ThrowIfCancellationRequested();
            var request = new PollRequest
            {
                Descriptor = NativeMethods.iscsi_get_fd(handle),
                Events = (short)NativeMethods.iscsi_which_events(handle),
            };
            var ready = NativeMethods.poll(&request, 1, PollMilliseconds);
            if (ready > 0 && NativeMethods.iscsi_service(handle, request.Returned) < 0 && answer->Done == 0) return -1;
        }
        return answer->Status;
    }

    // libiscsi tells the status of a refused login (RFC 7143, 11.13.5: class and detail) only inside its text.
    private IscsiException LoginFailure()
    {
        var error = Error();
        var match = StatusInText().Match(error);
        var status = match.Success ? int.Parse(match.Groups[1].ValueSpan, CultureInfo.InvariantCulture) : 0;
        const int notFound = 0x0203, removed = 0x0204, initiatorErrors = 2, targetErrors = 3;
        return (status >> 8, status) switch
        {
            (_, notFound or removed) => new IscsiException(IscsiFault.LunMissing,
                $"iSCSI portal {target.Portal} knows no target {target.TargetName} for this host ({error}); "
                + "check that the volume is exported, also to this host", retryCanHelp: false),
            (initiatorErrors, _) => new IscsiException(IscsiFault.LoginRefused,
                $"{target} refused the login of {Who()} ({error}); check the CHAP user and password, and the target's ACL for this host",
                retryCanHelp: false),
            (targetErrors, _) => new IscsiException(IscsiFault.PortalUnreachable,
                $"{target} can't serve now ({error}); look at the storage node", retryCanHelp: true),
            _ => new IscsiException(IscsiFault.LoginRefused,
                $"{target} did not let {Who()} in ({error}); check the CHAP user and password, and the target's ACL for this host",
                retryCanHelp: false),
        };
    }

    private string Who() => target.ChapUsername.Length > 0
        ? $"CHAP user '{target.ChapUsername}' as initiator {target.InitiatorName}"
        : $"initiator {target.InitiatorName} without CHAP";

    private IscsiException LunMissing(int key, int code) => new(IscsiFault.LunMissing,
        $"{target} can't be used (sense key {key:x}, code {code:x4}); check that this logical unit exists on the target", retryCanHelp: false);

    private IscsiException Broken() => new(IscsiFault.PortalUnreachable,
        $"the session with {target} broke ({Error()}); check the network between this host and the storage", retryCanHelp: true);

    private string Error() => Marshal.PtrToStringUTF8(NativeMethods.iscsi_get_error(handle))?.Trim() ?? "";

    [UnmanagedCallersOnly]
    private static void OnDone(nint context, int status, nint data, nint opaque)
    {
        var answer = (Pending*)opaque;
        answer->Status = status;
        answer->Done = 1;
    }

    [GeneratedRegex(@"\((\d+)\)")]
    private static partial Regex StatusInText();

    private struct Pending
    {
        public int Done;
        public int Status;
    }
}
