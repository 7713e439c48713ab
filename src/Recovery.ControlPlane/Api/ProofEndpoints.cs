using System.Globalization;
using Recovery.ControlPlane.Api.OpenApi;
using Recovery.ControlPlane.Api.Requests;
using Recovery.ControlPlane.Api.Responses;
using Recovery.ControlPlane.Inventory;
using Recovery.ControlPlane.Persistence.Rows;
using Recovery.ControlPlane.Recoveries;
using Recovery.Core.Workflow;

namespace Recovery.ControlPlane.Api;

/// <summary><c>/v1/hosts/{name}/proofs</c> and <c>/v1/hosts/{name}/attestations</c></summary>
internal static class ProofEndpoints
{
    private const string Name = "The host's name.";

    public static void MapProofs(this IEndpointRouteBuilder routes)
    {
        var host = routes.MapGroup("/v1/hosts/{name}").WithTags("Hosts");
        host.MapPost("/attestations", AttestAsync)
            .Is("Attest that a host is off",
                "For hosts that no fence agent can switch off or ask. Whoever attests answers for it: if the host still runs its guests, they will run twice. It is void as soon as the host is heard again.")
            .Path("name", Name)
            .Takes<AttestationBody>(AttestationBody.Example)
            .Answers<ProofResource>(StatusCodes.Status201Created, "The proof; Location names it. Recoveries that waited for it go on.")
            .Refuses(StatusCodes.Status400BadRequest, "The body is wrong; every fault is named.")
            .Refuses(StatusCodes.Status404NotFound, "No host of this name is registered.")
            .Refuses(StatusCodes.Status409Conflict, "The host is alive.");
        host.MapGet("/attestations", ListAttestationsAsync)
            .Is("List attestations of a host", "Newest first, void and expired ones too.")
            .Path("name", Name)
            .Pages()
            .Answers<Page<ProofResource>>(StatusCodes.Status200OK, "A page of proofs.")
            .Refuses(StatusCodes.Status404NotFound, "No host of this name is registered.");
        host.MapGet("/proofs", ListAllAsync)
            .Is("List all fence proofs of a host", "Newest first, of fence agents and of humans, void and expired ones too.")
            .Path("name", Name)
            .Pages()
            .Answers<Page<ProofResource>>(StatusCodes.Status200OK, "A page of proofs.")
            .Refuses(StatusCodes.Status404NotFound, "No host of this name is registered.");
        host.MapGet("/proofs/{id}", GetAsync)
            .Is("Look at a fence proof", "Whose word it is, and whether it still proves that the host is off.")
            .Path("name", Name)
            .Path("id", "The proof's id, a number.")
            .Answers<ProofResource>(StatusCodes.Status200OK, "The proof.")
            .Refuses(StatusCodes.Status404NotFound, "This host has no such proof.");
    }

    private static async Task<IResult> AttestAsync(
        string name,
        HttpRequest request,
        HostRegistry hosts,
        ProofBook book,
        LivenessBoard liveness,
        TimeProvider time,
        CancellationToken cancellationToken)
    {
        var (document, unread) = await BodyReader.ReadAsync(request, AttestationBody.Example);
        if (unread is not null)
        {
            return Problems.From(unread);
        }

        using (document)
        {
            var faults = new List<Fault>();
            var body = AttestationBody.Read(document!.RootElement, time.GetUtcNow(), faults);
            if (await hosts.FindAsync(name, cancellationToken) is not { } host)
            {
                return Problems.From([.. faults, HostFaults.NotFound(name)]);
            }

            if (body is null)
            {
                return Problems.From(faults);
            }

            var (proof, fault) = await book.AttestAsync(host, body.Who, body.Reason, body.ExpiresAt!.Value, cancellationToken);
            return proof is null
                ? Problems.From(fault!)
                : TypedResults.Created(Links.Proof(name, proof.Id), Shown(proof, host, liveness, time));
        }
    }

    private static Task<IResult> ListAttestationsAsync(
        string name, HttpRequest request, HostRegistry hosts, ProofBook book, LivenessBoard liveness, TimeProvider time, CancellationToken cancellationToken) =>
        ListAsync(name, FenceProofKind.Attestation, request, hosts, book, liveness, time, cancellationToken);

    private static Task<IResult> ListAllAsync(
        string name, HttpRequest request, HostRegistry hosts, ProofBook book, LivenessBoard liveness, TimeProvider time, CancellationToken cancellationToken) =>
        ListAsync(name, null, request, hosts, book, liveness, time, cancellationToken);

    private static async Task<IResult> ListAsync(
        string name,
        FenceProofKind? kind,
        HttpRequest request,
        HostRegistry hosts,
        ProofBook book,
        LivenessBoard liveness,
        TimeProvider time,
        CancellationToken cancellationToken)
    {
        var query = new Query(request);
        var (limit, before) = (query.Limit(), query.NumberAfter());
        query.End();
        if (query.Faults.Count > 0)
        {
            return Problems.From(query.Faults);
        }

        if (await hosts.FindAsync(name, cancellationToken) is not { } host)
        {
            return Problems.From(HostFaults.NotFound(name));
        }

        var rows = await book.ListAsync(name, kind, before, limit, cancellationToken);
        return TypedResults.Ok(Pages.Of(
            rows, limit, row => row.Id.ToString(CultureInfo.InvariantCulture), row => Shown(row, host, liveness, time)));
    }

    private static async Task<IResult> GetAsync(
        string name, string id, HostRegistry hosts, ProofBook book, LivenessBoard liveness, TimeProvider time, CancellationToken cancellationToken)
    {
        if (await hosts.FindAsync(name, cancellationToken) is { } host
            && long.TryParse(id, NumberStyles.None, CultureInfo.InvariantCulture, out var number)
            && await book.FindAsync(name, number, cancellationToken) is { } proof)
        {
            return TypedResults.Ok(Shown(proof, host, liveness, time));
        }

        return Problems.From(new Fault(FaultCodes.NoSuchProof,
            $"There is no fence proof {Requests.Shown.Text(id)} of a host {Requests.Shown.Text(name)}. GET /v1/hosts/NAME/proofs lists those of a host.")
        { Parameter = "id" });
    }

    private static ProofResource Shown(FenceProofRow proof, HostRow host, LivenessBoard liveness, TimeProvider time) =>
        ProofResource.From(proof, liveness.LastHeard(host.Name) ?? host.LastHeardAt, time.GetUtcNow());
}
