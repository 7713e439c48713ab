using System.Reflection;
using System.Text.Json;
using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Metadata;
using Recovery.ControlPlane.Persistence.Rows;
using Recovery.ControlPlane.Tests.Inventory;
using Recovery.ControlPlane.Tests.Recoveries;
using Recovery.Core.Inventory;
using Recovery.Core.Planning;
using Recovery.Core.Workflow;

namespace Recovery.ControlPlane.Tests.Databases;

/// <summary>One model, and what each database makes of it.</summary>
public class SchemaTests : IDisposable
{
    // What a careless collation, a short column or another character set would lose.
    private const string Text = "Zürich 🐟 \"quoted\" 'too' \\ 100% \n ";

    private readonly TemporaryDatabase database = new();

    public static TheoryData<Type> RowTypes => [.. typeof(HostRow).Assembly.GetTypes()
        .Where(type => type.Namespace == typeof(HostRow).Namespace && type.Name.EndsWith("Row", StringComparison.Ordinal))];

    public void Dispose() => database.Dispose();

    [Theory]
    [MemberData(nameof(RowTypes))]
    public async Task Every_row_comes_back_as_it_was_written(Type type)
    {
        var written = Activator.CreateInstance(type)!;
        object?[] key;
        await using (var context = database.CreateDbContext())
        {
            var model = context.Model.FindEntityType(type)!;
            foreach (var property in model.GetProperties().Where(property => !(property.IsPrimaryKey() && property.ClrType == typeof(long))))
            {
                property.PropertyInfo!.SetValue(written, Value(property));
            }

            await WithParentAsync(written);
            context.Add(written);
            await context.SaveChangesAsync(TestContext.Current.CancellationToken);
            key = [.. model.FindPrimaryKey()!.Properties.Select(property => property.PropertyInfo!.GetValue(written))];
        }

        var read = await database.ReadAsync(async context => await context.FindAsync(type, key));

        Assert.Equal(JsonSerializer.Serialize(written, type), JsonSerializer.Serialize(read, type));
    }

    [Fact]
    public async Task Names_that_differ_in_capitals_or_accents_are_different_and_sorted_by_code_point()
    {
        string[] names = ["a", "B", "A", "ä", "b"];
        await database.AddAsync([.. names.Select(name => new IdempotencyRow { Key = name, BodyHash = name, RecoveryId = Guid.NewGuid(), CreatedAt = default })]);

        Assert.Equal(
            ["A", "B", "a", "b", "ä"],
            await database.ReadAsync(context => context.IdempotencyKeys.OrderBy(row => row.Key).Select(row => row.Key).ToListAsync()));
        Assert.Equal(
            ["b", "ä"],
            await database.ReadAsync(context => context.IdempotencyKeys
                .Where(row => string.Compare(row.Key, "a") > 0).OrderBy(row => row.Key).Select(row => row.Key).ToListAsync()));
        Assert.Equal(1, await database.ReadAsync(context => context.IdempotencyKeys.CountAsync(row => row.Key == "A")));
    }

    [Fact]
    public async Task Numbers_of_events_and_steps_grow()
    {
        for (var time = 0; time < 3; time++)
        {
            await database.AddAsync(Event("first"), Event("second"), Event("third"));
        }

        Assert.Equal(
            ["first", "second", "third", "first", "second", "third", "first", "second", "third"],
            await database.ReadAsync(context => context.Events.OrderBy(row => row.Id).Select(row => row.Message).ToListAsync()));
    }

    [Fact]
    public async Task A_large_plan_and_a_large_definition_are_kept_whole()
    {
        var moves = Enumerable.Range(0, 20_000)
            .Select(number => new Move(Guid.NewGuid(), $"instance-{number}", "node1", "node2", PowerIntent.Run))
            .ToList();
        await database.AddAsync(new RecoveryRow
        {
            Id = Guid.CreateVersion7(),
            Request = SomeRequest,
            State = RecoveryState.Planning,
            Plan = new Plan(moves, []),
            CreatedAt = DateTimeOffset.UnixEpoch,
        });

        var read = await database.ReadAsync(context => context.Recoveries.SingleAsync());
        Assert.Equal(moves.Select(move => (move.Instance, move.Name)), read.Plan!.Moves.Select(move => (move.Instance, move.Name)));
    }

    private static RecoveryRequest SomeRequest => new(RecoveryKind.Evacuate, ["node1", Text], [Guid.NewGuid()], [], 8);

    private static EventRow Event(string message) =>
        new() { RecoveryId = Guid.Empty, At = default, Type = EventTypes.Step, Message = message };

    // A row of a recovery belongs to one.
    private async Task WithParentAsync(object row)
    {
        if (row is RecoveryInstanceRow instance)
        {
            await database.AddAsync(new RecoveryRow
            {
                Id = instance.RecoveryId,
                Request = SomeRequest,
                State = RecoveryState.Recovering,
                CreatedAt = DateTimeOffset.UnixEpoch,
            });
        }
    }

    private static object? Value(IProperty property)
    {
        var type = Nullable.GetUnderlyingType(property.ClrType) ?? property.ClrType;
        return type switch
        {
            _ when type == typeof(string) => property.GetMaxLength() is { } length
                ? Text.PadRight(length - 1, 'x')[..(length - 1)] + "ß"
                : Text + new string('x', 100_000),
            _ when type == typeof(Guid) => Guid.NewGuid(),
            _ when type == typeof(long) => (1L << 52) + 1,
            _ when type == typeof(int) => 1 << 30,
            _ when type == typeof(bool) => true,
            _ when type == typeof(DateTimeOffset) => new DateTimeOffset(2026, 12, 31, 23, 59, 59, TimeSpan.Zero).AddTicks(1_234_567),
            { IsEnum: true } => Enum.GetValues(type).Cast<object>().MaxBy(each => $"{each}".Length),
            _ => AsJson(property),
        };
    }

    // What is kept as JSON: as the row makes it, or one of its kind.
    private static object AsJson(IProperty property)
    {
        object[] kinds =
        [
            SomeRequest, new Plan([], []), Bench.NewInstance(Text), new PlanEstimate(1.5, null, Text, []),
            new RecoveryLimits(1, 2, 3), new List<StorageView> { new(Text, "/srv", 1, 2) },
            new Dictionary<Guid, IReadOnlyList<string>> { [Guid.NewGuid()] = [Text] }, new List<PlanWarning> { new("code", Text) },
            new List<FenceLevel> { new("fence_x", new Dictionary<string, string> { ["plug"] = Text }, new Dictionary<string, string>()) },
            new List<string> { Text, "" },
        ];
        var row = Activator.CreateInstance(property.DeclaringType.ClrType);
        return Array.Find(kinds, kind => property.ClrType.IsInstanceOfType(kind))
            ?? property.PropertyInfo!.GetValue(row)
            ?? throw new InvalidOperationException($"Give an example of {property.ClrType} here.");
    }
}
