namespace Recovery.Executor.Libvirt;

/// <summary>Something about a domain changed; its truth is to be read again.</summary>
/// <param name="Uuid">Lower case, with dashes.</param>
internal readonly record struct DomainEvent(string Uuid, DomainEventKind Kind);

internal enum DomainEventKind
{
    /// <summary>Defined, undefined, suspended, resumed, stopped, crashed; a device came or went; its metadata changed.</summary>
    Changed,

    /// <summary>It was started: what was known of its last end no longer counts.</summary>
    Started,

    /// <summary>
    /// QEMU was told to end by a signal on the host (VIR_DOMAIN_EVENT_SHUTDOWN_HOST). libvirt then records a normal
    /// shutdown, but its owner did not ask for it: that is how guests end when their host is shut down.
    /// </summary>
    EndedByHost,
}
