using Microsoft.OpenApi;
using Swashbuckle.AspNetCore.SwaggerGen;

namespace Recovery.ControlPlane.Api.OpenApi;

public static class SwaggerServices
{
    public static IServiceCollection AddRecoverySwagger(this IServiceCollection services)
    {
        services.AddEndpointsApiExplorer();
        services.AddTransient<ISerializerDataContractResolver>(_ => new JsonSerializerDataContractResolver(ApiJson.Options));
        services.AddSwaggerGen(swagger =>
        {
            swagger.SwaggerDoc("v1", new OpenApiInfo
            {
                Title = "Recovery",
                Version = "v1",
                Description =
                    "Brings the virtual machines of dead hosts up again elsewhere, exactly once. "
                    + "A plan shows what would happen; a recovery makes it happen, and its events show how. "
                    + "Errors are problem documents (RFC 9457) that name every fault. "
                    + "400: some of the request is wrong for every cluster. 422: it names or asks for what this installation does not have. "
                    + "409: it is right, and only the moment is wrong; the same bytes may be accepted later.",
                License = new OpenApiLicense { Name = "Apache-2.0" },
            });
            swagger.SupportNonNullableReferenceTypes();
            swagger.NonNullableReferenceTypesAsRequired();
            swagger.CustomSchemaIds(SchemaName);
            swagger.IncludeXmlComments(typeof(SwaggerServices).Assembly);
            swagger.OperationFilter<OperationFilter>();
        });
        return services;
    }

    public static void MapRecoverySwagger(this WebApplication app)
    {
        app.UseSwagger();
        app.UseSwaggerUI(ui =>
        {
            ui.SwaggerEndpoint("/swagger/v1/swagger.json", "Recovery v1");
            ui.DocumentTitle = "Recovery";
        });
        app.MapGet("/", () => TypedResults.Redirect("/swagger")).ExcludeFromDescription();
    }

    private static string SchemaName(Type type) => type.IsGenericType
        ? $"{type.Name.Split('`')[0]}Of{string.Join("And", type.GetGenericArguments().Select(SchemaName))}"
        : type.Name;
}
