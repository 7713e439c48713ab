using System.Text.Json.Nodes;

namespace Recovery.ControlPlane.Inventory.OpenStack.Api;

public enum AttachmentStepKind
{
    /// <summary>Ask for an empty attachment, so that the volume stays exported.</summary>
    Create,

    /// <summary>The caller writes the id into block_device_mapping.attachment_id.</summary>
    Save,

    /// <summary>Delete it: the host that it was for is left.</summary>
    Delete,

    /// <summary>Give it the connector of the host that the instance goes to.</summary>
    Update,

    /// <summary>The caller writes block_device_mapping.connection_info; then complete it.</summary>
    Complete,

    /// <summary>The volume is attached for the new host, and Nova knows.</summary>
    Done,
}

/// <summary>What comes next of a move.</summary>
/// <param name="Attachment">Which one it is about; null of <see cref="AttachmentStepKind.Create"/>.</param>
public sealed record AttachmentStep(AttachmentStepKind Kind, AttachmentState? Attachment);

/// <summary>
/// Moves the attachment of one volume and one instance to another host, in the only order that Cinder allows: a new one
/// beside the old, the old deleted, and only then a connector for the new. It keeps nothing: what comes next is seen at
/// the attachments that there are, so it goes on after a crash wherever that was. Not for a volume that Nova is attaching itself.
/// </summary>
public sealed record AttachmentMove
{
    public required Guid Volume { get; init; }

    public required Guid Instance { get; init; }

    /// <summary>Attachments for hosts that are left: the one in block_device_mapping when the move began. The same at every resumption.</summary>
    public required IReadOnlyCollection<Guid> Left { get; init; }

    /// <summary>
    /// Back to the host it came from: its attachment there, if it was not deleted yet, becomes the one again. Put into
    /// <see cref="Left"/> what the move hither had made; the connector is then the source's.
    /// </summary>
    public Guid? Original { get; init; }

    /// <param name="listed">Cinder's attachments of the volume.</param>
    /// <param name="saved">block_device_mapping.attachment_id.</param>
    public AttachmentStep Next(IEnumerable<AttachmentState> listed, Guid? saved)
    {
        var ours = listed.Where(each => each.Volume == Volume && each.Instance == Instance).OrderBy(each => each.Id).ToList();

        // One that has no connector yet is for no host, whoever asked for it.
        var chosen = ours.Find(each => each.Id == Original && !Left.Contains(each.Id))
            ?? Best(ours.Where(each => !Left.Contains(each.Id)), saved)
            ?? Best(ours.Where(IsEmpty), saved);
        if (chosen is null)
        {
            return new AttachmentStep(AttachmentStepKind.Create, null);
        }

        if (chosen.Id != saved)
        {
            return new AttachmentStep(AttachmentStepKind.Save, chosen);
        }

        // The old ones; and a second empty one, of a request whose answer was lost and that came through late.
        if (ours.Find(each => each != chosen && (Left.Contains(each.Id) || IsEmpty(each))) is { } superfluous)
        {
            return new AttachmentStep(AttachmentStepKind.Delete, superfluous);
        }

        return new AttachmentStep(
            chosen.Status switch
            {
                "attached" => AttachmentStepKind.Done,
                "attaching" when chosen.ConnectionInfo is not null => AttachmentStepKind.Complete,
                _ => AttachmentStepKind.Update,
            },
            chosen);
    }

    /// <summary>Looks at the attachments that there are, and says what comes next.</summary>
    public async Task<AttachmentStep> NextAsync(BlockStorageApi api, Guid? saved, CancellationToken cancellationToken) =>
        Next(await api.AttachmentsAsync(Volume, cancellationToken), saved);

    /// <summary>Carries Cinder's part of a step out; of <see cref="AttachmentStepKind.Save"/> and <see cref="AttachmentStepKind.Done"/> there is none.</summary>
    /// <param name="connector">Of the host that the instance goes to.</param>
    public async Task CarryOutAsync(BlockStorageApi api, AttachmentStep step, JsonObject connector, CancellationToken cancellationToken)
    {
        switch (step.Kind)
        {
            case AttachmentStepKind.Create:
                await api.CreateEmptyAsync(Volume, Instance, cancellationToken);
                break;
            case AttachmentStepKind.Delete:
                await api.DeleteAsync(step.Attachment!.Id, cancellationToken);
                break;
            case AttachmentStepKind.Update:
                await api.UpdateAsync(step.Attachment!.Id, connector, cancellationToken);
                break;
            case AttachmentStepKind.Complete:
                await api.CompleteAsync(step.Attachment!.Id, cancellationToken);
                break;
        }
    }

    private static bool IsEmpty(AttachmentState attachment) => attachment is { Status: "reserved", ConnectionInfo: null };

    private static AttachmentState? Best(IEnumerable<AttachmentState> attachments, Guid? saved) =>
        attachments.OrderByDescending(each => each.Id == saved).FirstOrDefault();
}
