using Recovery.Executor.Libvirt;
using Recovery.Protocol.V1;

namespace Recovery.Executor.Operations;

/// <summary>What a step may use while it is carried out.</summary>
internal sealed class StepContext(StepCommand command, LibvirtSession libvirt, Action<string> report, IClaims claims)
{
    private LibvirtConnection? used;

    public StepCommand Command { get; } = command;

    public string Instance => Command.Instance;

    /// <summary>The connection that was last used, to tell a new one from it.</summary>
    public LibvirtConnection? LastConnection => used;

    public IClaims Claims { get; } = claims;

    public void Report(string message) => report(message);

    /// <summary>
    /// Calls libvirt on the thread pool. The call can't be interrupted, so this has no cancellation: check the deadline
    /// before an effect, and take what libvirt answers as the truth.
    /// </summary>
    /// <param name="during">What is being done, for the sentence when libvirt refuses: "starting the domain".</param>
    /// <param name="call">What to ask of libvirt.</param>
    /// <exception cref="StepFailure">libvirt refused.</exception>
    /// <exception cref="LibvirtUnavailableException">There is no connection, or it broke.</exception>
    public async Task<T> Libvirt<T>(string during, Func<LibvirtConnection, T> call)
    {
        var connection = used = libvirt.Current;
        try
        {
            return await Task.Run(() => call(connection));
        }
        catch (LibvirtException lost) when (lost.ConnectionLost)
        {
            throw new LibvirtUnavailableException($"{during}: the connection to libvirt broke ({lost.Message})");
        }
        catch (LibvirtException refused)
        {
            throw StepFailure.From(refused, during);
        }
    }

    /// <summary>As <see cref="Libvirt{T}"/>, on the instance's domain; null when there is none.</summary>
    public Task<T?> Domain<T>(string during, Func<LibvirtDomain, T> call) where T : class =>
        Libvirt(during, connection =>
        {
            using var domain = LibvirtDomain.FindByUuid(connection, Instance);
            return domain is null ? null : call(domain);
        });

    public StepFailure DomainNotFound() => new(ErrorCode.DomainNotFound,
        $"this host has no domain of instance {Instance}; it must be defined here first");
}

/// <summary>Whose a domain is, as the operation log knows it.</summary>
internal interface IClaims
{
    /// <summary>The recovery of this step defined the instance's domain on this host.</summary>
    bool IsOurs { get; }

    /// <summary>To be called after the checks and before defining.</summary>
    void Claim();

    /// <summary>To be called after undefining.</summary>
    void Release();
}

/// <summary>One kind of step. Idempotent: it looks at the truth first, and what is already so is a success.</summary>
internal interface IStep
{
    StepCommand.ActionOneofCase Action { get; }

    /// <summary>False: it changes nothing and may take long, so that other steps of the instance need not wait for it.</summary>
    bool TakesTurn => true;

    /// <param name="context">The command, and what may be used.</param>
    /// <param name="deadline">To be checked before every effect, never after one.</param>
    /// <exception cref="StepFailure">It could not be done; nothing is left half done.</exception>
    Task<StepSuccess> CarryOut(StepContext context, CancellationToken deadline);
}

/// <param name="Message">What is so now: "started".</param>
/// <param name="Changes">What the definition's rewriting changed.</param>
internal sealed record StepSuccess(string Message, IReadOnlyList<string> Changes)
{
    public StepSuccess(string message) : this(message, []) { }
}
