using System.Text.Json.Nodes;
using Microsoft.OpenApi;
using Recovery.ControlPlane.Api.Requests;
using Swashbuckle.AspNetCore.SwaggerGen;

namespace Recovery.ControlPlane.Api.OpenApi;

/// <summary>Writes <see cref="OperationDocs"/> into the document.</summary>
internal sealed class OperationFilter : IOperationFilter
{
    public void Apply(OpenApiOperation operation, OperationFilterContext context)
    {
        var metadata = context.ApiDescription.ActionDescriptor.EndpointMetadata;
        Parameters(operation, metadata.OfType<ParameterDoc>());
        foreach (var body in metadata.OfType<RequestDoc>())
        {
            operation.RequestBody = new OpenApiRequestBody
            {
                Required = true,
                Content = new Dictionary<string, OpenApiMediaType>
                {
                    [Acceptable.Json] = new OpenApiMediaType
                    {
                        Schema = context.SchemaGenerator.GenerateSchema(body.Body, context.SchemaRepository),
                        Examples = body.Examples
                            .Select((example, index) => (Name: $"example{index + 1}", Value: (IOpenApiExample)new OpenApiExample { Value = JsonNode.Parse(example) }))
                            .ToDictionary(example => example.Name, example => example.Value),
                    },
                },
            };
        }

        operation.Responses = [];
        foreach (var answer in metadata.OfType<AnswerDoc>().Append(Failure).OrderBy(answer => answer.Status))
        {
            operation.Responses[answer.Status.ToString(System.Globalization.CultureInfo.InvariantCulture)] = Response(answer, context);
        }
    }

    private static AnswerDoc Failure { get; } = new(
        StatusCodes.Status500InternalServerError, "This control plane failed; its log says how.", typeof(ProblemDocument), Problems.ContentType);

    private static void Parameters(OpenApiOperation operation, IEnumerable<ParameterDoc> documented)
    {
        operation.Parameters = [.. documented.Select(parameter => new OpenApiParameter
        {
            Name = parameter.Name,
            In = parameter.In,
            Required = parameter.In == ParameterLocation.Path,
            Description = parameter.Description,
            Schema = new OpenApiSchema { Type = parameter.Type },
        })];
    }

    private static OpenApiResponse Response(AnswerDoc answer, OperationFilterContext context)
    {
        var response = new OpenApiResponse { Description = answer.Description, Content = new Dictionary<string, OpenApiMediaType>() };
        foreach (var type in answer.ContentTypes)
        {
            response.Content[type] = new OpenApiMediaType
            {
                Schema = type is Acceptable.Json or Acceptable.Ndjson or Problems.ContentType
                    ? context.SchemaGenerator.GenerateSchema(answer.Body!, context.SchemaRepository)
                    : new OpenApiSchema { Type = JsonSchemaType.String },
            };
        }

        return response;
    }
}
