using Microsoft.EntityFrameworkCore;

namespace Recovery.ControlPlane.Inventory.OpenStack.Databases;

/// <summary>A database whose schema is known. Every question has a context, and so a connection, of its own: several may be asked at once.</summary>
internal sealed class OpenDatabase<TContext>(DatabaseAddress address, DatabaseSchema schema, SchemaCache schemas)
    where TContext : ForeignContext
{
    private readonly DbContextOptions<TContext> options = ForeignContext.OptionsOf<TContext>(address, schema);

    public DatabaseSchema Schema => schema;

    /// <exception cref="CloudUnreadableException">It can't be read.</exception>
    public async Task<T> ReadAsync<T>(Func<TContext, Task<T>> question)
    {
        try
        {
            await using var context = (TContext)Activator.CreateInstance(typeof(TContext), options, schema)!;
            return await question(context);
        }
        catch (Exception failure) when (CloudUnreadableException.WordsOf(failure) is { } words)
        {
            // It may have been upgraded meanwhile.
            schemas.Forget(address, typeof(TContext));
            throw CloudUnreadableException.Because(words, address);
        }
    }
}
