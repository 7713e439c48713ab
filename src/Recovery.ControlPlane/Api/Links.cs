namespace Recovery.ControlPlane.Api;

/// <summary>URLs of this API, relative to its root.</summary>
internal static class Links
{
    public static string Host(string name) => $"/v1/hosts/{name}";

    public static string Proof(string host, long id) => $"/v1/hosts/{host}/proofs/{id}";

    public static string Recovery(Guid id) => $"/v1/recoveries/{id}";

    public static string Events(Guid id) => $"/v1/recoveries/{id}/events";

    public static string Report(Guid id) => $"/v1/recoveries/{id}/report";

    public static string Definition(Guid instance) => $"/v1/instances/{instance}/definition";
}
