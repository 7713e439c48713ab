using System.Net;
using System.Text.Json;
using Recovery.Core.Workflow;

namespace Recovery.ControlPlane.Tests.Api;

/// <summary>The document that Swagger UI shows is whole, and its examples are true.</summary>
public sealed class SwaggerTests : IAsyncLifetime
{
    private RunningControlPlane plane = null!;

    public async ValueTask InitializeAsync() => plane = await RunningControlPlane.StartAsync();

    public ValueTask DisposeAsync() => plane.DisposeAsync();

    [Fact]
    public async Task Every_resource_of_the_design_is_there()
    {
        var operations = (await OperationsAsync()).Select(operation => $"{operation.Method} {operation.Path}").Order(StringComparer.Ordinal);

        Assert.Equal(
            [
                "delete /v1/hosts/{name}",
                "get /healthz/live",
                "get /healthz/ready",
                "get /v1/alarms",
                "get /v1/audit",
                "get /v1/forecast",
                "get /v1/hosts",
                "get /v1/hosts/{name}",
                "get /v1/hosts/{name}/attestations",
                "get /v1/hosts/{name}/proofs",
                "get /v1/hosts/{name}/proofs/{id}",
                "get /v1/instances",
                "get /v1/instances/{id}",
                "get /v1/instances/{id}/definition",
                "get /v1/plans/{id}",
                "get /v1/recoveries",
                "get /v1/recoveries/{id}",
                "get /v1/recoveries/{id}/events",
                "get /v1/recoveries/{id}/instances",
                "get /v1/recoveries/{id}/report",
                "post /v1/hosts/{name}/attestations",
                "post /v1/plans",
                "post /v1/recoveries",
                "post /v1/recoveries/{id}/cancel",
                "post /v1/recoveries/{id}/continue",
                "post /v1/recoveries/{id}/instances/{instance}/retry",
                "post /v1/recoveries/{id}/instances/{instance}/skip",
                "post /v1/recoveries/{id}/pause",
                "put /v1/hosts/{name}",
                "put /v1/hosts/{name}/maintenance",
                "put /v1/recoveries/{id}/limits",
            ],
            operations);
    }

    [Fact]
    public async Task Every_operation_is_described_with_its_parameters_and_all_its_answers()
    {
        foreach (var (path, method, operation) in await OperationsAsync())
        {
            var name = $"{method} {path}";
            Assert.True(operation.TryGetProperty("summary", out var summary) && summary.GetString()!.Length > 5, name);
            Assert.True(operation.TryGetProperty("description", out var description) && description.GetString()!.Length > 20, name);
            var parameters = operation.TryGetProperty("parameters", out var listed) ? listed.EnumerateArray().ToList() : [];
            Assert.All(parameters, parameter => Assert.True(parameter.GetProperty("description").GetString()!.Length > 5, name));
            Assert.Equal(
                path.Split('/').Where(segment => segment.StartsWith('{')).Select(segment => segment.Trim('{', '}')),
                parameters.Where(parameter => parameter.GetProperty("in").GetString() == "path").Select(parameter => parameter.GetProperty("name").GetString()));

            var answers = operation.GetProperty("responses").EnumerateObject().ToList();
            Assert.Contains(answers, answer => answer.Name.StartsWith('2'));
            Assert.Contains(answers, answer => answer.Name == "500");
            if (path.Contains('{', StringComparison.Ordinal))
            {
                Assert.True(method == "put" && path == "/v1/hosts/{name}" || answers.Exists(answer => answer.Name == "404"), name);
            }

            foreach (var answer in answers)
            {
                Assert.True(answer.Value.GetProperty("description").GetString()!.Length > 3, $"{name} {answer.Name}");
                if (answer.Name is "204")
                {
                    continue;
                }

                var contents = answer.Value.GetProperty("content").EnumerateObject().ToList();
                Assert.NotEmpty(contents);
                Assert.All(contents, content => Assert.NotEmpty(content.Value.GetProperty("schema").EnumerateObject()));
                Assert.Equal(answer.Name[0] is '4' || answer.Name is "500" || (answer.Name is "503" && path != "/healthz/ready"), contents.Exists(content => content.Name == "application/problem+json"));
            }
        }
    }

    [Fact]
    public async Task Every_body_has_examples_that_are_accepted()
    {
        await plane.SeedHostAsync("node1", (Rows.Web1, "web1"));
        var tried = 0;
        foreach (var (path, method, operation) in await OperationsAsync())
        {
            if (!operation.TryGetProperty("requestBody", out var body))
            {
                Assert.False(method == "put", path);
                continue;
            }

            foreach (var example in body.GetProperty("content").GetProperty("application/json").GetProperty("examples").EnumerateObject())
            {
                // What the first example did would stand in the way of the second.
                await plane.SeedAsync(database =>
                {
                    database.Locks.RemoveRange(database.Locks);
                    database.Recoveries.RemoveRange(database.Recoveries);
                });
                var (state, its) = path.EndsWith("/retry", StringComparison.Ordinal)
                    ? (RecoveryState.Failed, InstanceState.Failed)
                    : (RecoveryState.Recovering, InstanceState.Waiting);
                var recovery = path.Contains("{id}", StringComparison.Ordinal) ? await plane.SeedRecoveryAsync(state, (Rows.Web1, its)) : default;
                var url = path.Replace("{name}", "node1", StringComparison.Ordinal)
                    .Replace("{id}", $"{recovery}", StringComparison.Ordinal)
                    .Replace("{instance}", $"{Rows.Web1}", StringComparison.Ordinal);
                var answer = await plane.SendAsync(new HttpMethod(method.ToUpperInvariant()), url, example.Value.GetProperty("value").GetRawText());
                Assert.True((int)answer.Status is >= 200 and < 300, $"{method} {path} {example.Name}: {answer.Body}");
                tried++;
            }
        }

        Assert.Equal(16, tried);
    }

    [Fact]
    public async Task Every_schema_says_what_its_members_mean()
    {
        var document = (await plane.GetAsync("/swagger/v1/swagger.json")).Json;

        foreach (var schema in document.GetProperty("components").GetProperty("schemas").EnumerateObject()
            .Where(schema => schema.Name.EndsWith("Resource", StringComparison.Ordinal) || schema.Name.EndsWith("Body", StringComparison.Ordinal)))
        {
            foreach (var member in schema.Value.GetProperty("properties").EnumerateObject().Where(member => !member.Value.TryGetProperty("$ref", out _)))
            {
                Assert.True(member.Value.TryGetProperty("description", out var text) && text.GetString()!.Length > 3, $"{schema.Name}.{member.Name}");
            }
        }
    }

    [Fact]
    public async Task The_root_leads_to_Swagger()
    {
        var answer = await plane.GetAsync("/");

        Assert.Equal(HttpStatusCode.OK, answer.Status);
        Assert.Contains("swagger-ui", answer.Body, StringComparison.Ordinal);
    }

    private async Task<List<(string Path, string Method, JsonElement Operation)>> OperationsAsync()
    {
        var document = (await plane.GetAsync("/swagger/v1/swagger.json")).Json;
        return [.. document.GetProperty("paths").EnumerateObject()
            .SelectMany(path => path.Value.EnumerateObject().Select(operation => (path.Name, operation.Name, operation.Value)))];
    }
}
