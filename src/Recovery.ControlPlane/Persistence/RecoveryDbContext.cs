using System.Text.Json;
using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.ChangeTracking;
using Microsoft.EntityFrameworkCore.Metadata.Builders;
using Microsoft.EntityFrameworkCore.Storage.ValueConversion;
using Recovery.ControlPlane.Persistence.Rows;

namespace Recovery.ControlPlane.Persistence;

/// <summary>The control plane's own database. The journal in it is the queue: there is no other.</summary>
/// <remarks>
/// One model for every database. What a database needs beyond it, and its migrations, belong to a context of its own
/// that derives from this one; nothing but Persistence knows them.
/// </remarks>
public class RecoveryDbContext : DbContext
{
    public RecoveryDbContext(DbContextOptions<RecoveryDbContext> options)
        : base(options)
    {
    }

    protected RecoveryDbContext(DbContextOptions options)
        : base(options)
    {
    }

    public DbSet<HostRow> Hosts => Set<HostRow>();

    public DbSet<DomainRow> Domains => Set<DomainRow>();

    public DbSet<InstanceRow> Instances => Set<InstanceRow>();

    public DbSet<RecoveryRow> Recoveries => Set<RecoveryRow>();

    public DbSet<RecoveryInstanceRow> RecoveryInstances => Set<RecoveryInstanceRow>();

    public DbSet<RecoveryLockRow> Locks => Set<RecoveryLockRow>();

    public DbSet<JournalRow> Journal => Set<JournalRow>();

    public DbSet<EventRow> Events => Set<EventRow>();

    public DbSet<PlanRow> Plans => Set<PlanRow>();

    public DbSet<IdempotencyRow> IdempotencyKeys => Set<IdempotencyRow>();

    public DbSet<FenceOrderRow> FenceOrders => Set<FenceOrderRow>();

    public DbSet<FenceProofRow> FenceProofs => Set<FenceProofRow>();

    public DbSet<AuditRow> Audit => Set<AuditRow>();

    public DbSet<TurnstileRow> Turnstiles => Set<TurnstileRow>();

    public DbSet<AlarmRow> Alarms => Set<AlarmRow>();

    protected override void ConfigureConventions(ModelConfigurationBuilder configurationBuilder)
    {
        // Ticks sort and compare alike in SQLite and MySQL; neither keeps an offset.
        configurationBuilder.Properties<DateTimeOffset>().HaveConversion<UtcTicksConverter>();
        configurationBuilder.Properties<Enum>().HaveConversion<string>().HaveMaxLength(32);
    }

    protected override void OnModelCreating(ModelBuilder modelBuilder)
    {
        modelBuilder.Entity<HostRow>(host =>
        {
            host.HasKey(row => row.Name);
            host.Property(row => row.Name).HasMaxLength(253);
            AsJson(host.Property(row => row.Fencing));
            AsJson(host.Property(row => row.Storages));
            AsJson(host.Property(row => row.Aggregates));
            AsJson(host.Property(row => row.Traits));
            AsJson(host.Property(row => row.Limits));
            AsJson(host.Property(row => row.Abilities));
            AsJson(host.Property(row => row.Survey));
        });
        modelBuilder.Entity<DomainRow>(domain =>
        {
            domain.HasKey(row => new { row.Host, row.Uuid });
            domain.Property(row => row.Host).HasMaxLength(253);
            domain.HasIndex(row => row.Uuid);
            domain.Ignore(row => row.IsActive);
            AsJson(domain.Property(row => row.Disks));
            AsJson(domain.Property(row => row.Files));
            AsJson(domain.Property(row => row.Requirements));
            AsJson(domain.Property(row => row.Policy));
            AsJson(domain.Property(row => row.PolicyFaults));
        });
        modelBuilder.Entity<InstanceRow>(instance =>
        {
            instance.HasKey(row => row.Id);
            instance.Property(row => row.Host).HasMaxLength(253);
            instance.HasIndex(row => row.Host);
        });
        modelBuilder.Entity<RecoveryRow>(recovery =>
        {
            recovery.HasKey(row => row.Id);
            recovery.HasIndex(row => row.State);
            recovery.HasIndex(row => row.PlanId);
            AsJson(recovery.Property(row => row.Request));
            AsJson(recovery.Property(row => row.Plan));
            AsJson(recovery.Property(row => row.Limits));
            recovery.HasMany(row => row.Instances).WithOne().HasForeignKey(row => row.RecoveryId);
        });
        modelBuilder.Entity<PlanRow>(plan =>
        {
            plan.HasKey(row => row.Id);
            AsJson(plan.Property(row => row.Request));
            AsJson(plan.Property(row => row.Plan));
            AsJson(plan.Property(row => row.Changes));
            AsJson(plan.Property(row => row.Estimate));
            AsJson(plan.Property(row => row.Warnings));
        });
        modelBuilder.Entity<RecoveryInstanceRow>(instance =>
        {
            instance.HasKey(row => new { row.RecoveryId, row.InstanceId });
            AsJson(instance.Property(row => row.Instance));
            AsJson(instance.Property(row => row.SourceStorages));
        });
        modelBuilder.Entity<RecoveryLockRow>(held =>
        {
            held.HasKey(row => row.Subject);
            held.Property(row => row.Subject).HasMaxLength(260);
            held.HasIndex(row => row.RecoveryId);
        });
        modelBuilder.Entity<JournalRow>(journal =>
        {
            journal.HasKey(row => row.Sequence);
            journal.HasIndex(row => row.StepId).IsUnique();
            journal.HasIndex(row => new { row.RecoveryId, row.InstanceId, row.Attempt });
            AsJson(journal.Property(row => row.Details));
        });
        modelBuilder.Entity<EventRow>(happened =>
        {
            happened.HasKey(row => row.Id);
            happened.HasIndex(row => new { row.RecoveryId, row.Id });
        });
        modelBuilder.Entity<IdempotencyRow>(key =>
        {
            key.HasKey(row => row.Key);
            key.Property(row => row.Key).HasMaxLength(200);
        });
        modelBuilder.Entity<AuditRow>(audit =>
        {
            audit.HasKey(row => row.Id);
            audit.Property(row => row.Host).HasMaxLength(253);
            audit.HasIndex(row => row.RecoveryId);
            audit.HasIndex(row => row.Host);
        });
        modelBuilder.Entity<TurnstileRow>(turnstile =>
        {
            turnstile.HasKey(row => row.Name);
            turnstile.Property(row => row.Name).HasMaxLength(32);
            turnstile.HasData(Turnstile.All.Select(name => new TurnstileRow { Name = name }));
        });
        modelBuilder.Entity<AlarmRow>(alarm =>
        {
            alarm.HasKey(row => row.Id);
            alarm.Property(row => row.Kind).HasMaxLength(32);
            alarm.Property(row => row.OpenSubject).HasMaxLength(100);
            alarm.HasIndex(row => row.OpenSubject).IsUnique();
            alarm.HasIndex(row => row.InstanceId);
            AsJson(alarm.Property(row => row.Hosts));
        });
        modelBuilder.Entity<FenceOrderRow>(order =>
        {
            order.HasKey(row => new { row.RecoveryId, row.Host });
            order.Property(row => row.Host).HasMaxLength(253);
        });
        modelBuilder.Entity<FenceProofRow>(proof =>
        {
            proof.HasKey(row => row.Id);
            proof.Property(row => row.Host).HasMaxLength(253);
            proof.HasIndex(row => row.Host);
        });
    }

    // Values that are read and written as a whole; nothing is ever searched inside them.
    private static void AsJson<T>(PropertyBuilder<T> property) =>
        property.HasConversion(
            value => JsonSerializer.Serialize(value, StoredJson.Options),
            text => JsonSerializer.Deserialize<T>(text, StoredJson.Options)!,
            new ValueComparer<T>(
                (left, right) => JsonSerializer.Serialize(left, StoredJson.Options) == JsonSerializer.Serialize(right, StoredJson.Options),
                value => JsonSerializer.Serialize(value, StoredJson.Options).GetHashCode(StringComparison.Ordinal),
                value => JsonSerializer.Deserialize<T>(JsonSerializer.Serialize(value, StoredJson.Options), StoredJson.Options)!));

    private sealed class UtcTicksConverter()
        : ValueConverter<DateTimeOffset, long>(time => time.UtcTicks, ticks => new DateTimeOffset(ticks, TimeSpan.Zero));
}
