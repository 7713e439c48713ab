namespace Recovery.Deployment.Tests.Charts;

/// <summary>What is wrong is said before anything is installed, in a sentence that names the value.</summary>
public class RefusalTests
{
    [Theory]
    // Right alone, wrong together.
    [InlineData("controlPlane.replicas=3", "controlPlane.replicas is 3, and database.provider is sqlite")]
    [InlineData("database.provider=mysql", "database.provider is mysql, and nothing says how to reach it")]
    [InlineData("database.mysql.existingSecret=x", "database.provider is sqlite, which would leave it unused")]
    [InlineData("database.provider=mysql,database.mysql.existingSecret=x,database.mysql.connectionString=y", "are both set")]
    [InlineData("fencing.existingSecret=x,fencing.secrets.a=b", "fencing.existingSecret and fencing.secrets are both set")]
    [InlineData("chap.existingSecret=x,chap.credentials[0].targetName=t,chap.credentials[0].username=u,chap.credentials[0].password=p", "chap.existingSecret and chap.credentials are both set")]
    [InlineData("ingress.enabled=true", "ingress.hosts is empty")]
    [InlineData("executor.enabled=true", "executor.enabled is true without TLS")]
    [InlineData("executor.enabled=true,executor.tls.existingSecret=x", "the executors would refuse this control plane")]
    [InlineData("executor.enabled=true,executor.tls.existingSecret=x,executor.tls.hostPath=/y", "executor.tls.existingSecret and executor.tls.hostPath are both set")]
    [InlineData("executor.enabled=true,executor.allowPlaintext=true,executor.tls.existingSecret=x", "executor.tls and executor.allowPlaintext are both set")]
    [InlineData("executor.enabled=true,executor.allowPlaintext=true,executor.nodeSelector=null", "every node of the cluster would get an executor")]
    [InlineData("executor.enabled=true,executor.allowPlaintext=true,executor.storages[0]=/run/libvirt", "/run/libvirt is mounted twice")]
    [InlineData("settings.Inventory=nova", "settings.Inventory is nova, and nothing says how to reach the cloud's databases")]
    [InlineData("openstack.databases.existingSecret=x", "openstack names secrets, and settings.Inventory is libvirt")]
    [InlineData("settings.Inventory=nova,openstack.databases.existingSecret=x,settings.OpenStack.IdentityUrl=https://k/v3", "openstack.identity.existingSecret is not: there is nothing to log in with")]
    [InlineData("settings.Inventory=nova,openstack.databases.existingSecret=x,openstack.identity.existingSecret=y", "settings.OpenStack.IdentityUrl is not: there is nowhere to log in")]
    [InlineData("settings.Inventory=nova,openstack.databases.existingSecret=x,openstack.identity.existingSecret=y,settings.OpenStack.IdentityUrl=https://k/v3,settings.OpenStack.Username=u", "nothing says as whom to log in")]
    [InlineData("settings.Inventory=nova,openstack.databases.existingSecret=x,openstack.identity.existingSecret=y,settings.OpenStack.IdentityUrl=https://k/v3,settings.OpenStack.Username=u,settings.OpenStack.Project=p,settings.OpenStack.ApplicationCredentialId=c", "Keep one way to log in")]
    [InlineData("settings.Inventory=nova,openstack.databases.existingSecret=x,settings.OpenStack.Path=assisted", "settings.OpenStack.Path is assisted")]
    // Wrong alone.
    [InlineData("settings.Inventory=openstack", "at '/settings/Inventory': value must be one of 'libvirt', 'nova'")]
    [InlineData("settings.OpenStack.PasswordFile=/etc/password", "at '/settings/OpenStack': additional properties 'PasswordFile' not allowed")]
    [InlineData("controlPlane.replica=3", "at '/controlPlane': additional properties 'replica' not allowed")]
    [InlineData("controlPlane.replicas=0", "at '/controlPlane/replicas': minimum: got 0, want 1")]
    [InlineData("database.provider=postgres", "at '/database/provider': value must be one of 'sqlite', 'mysql'")]
    [InlineData("settings.Runner.MaxParalel=3", "at '/settings/Runner': additional properties 'MaxParalel' not allowed")]
    [InlineData("settings.Runner.MaxParallel=65", "at '/settings/Runner/MaxParallel': maximum: got 65, want 64")]
    [InlineData("settings.Runner.Replica=mine", "at '/settings/Runner': additional properties 'Replica' not allowed")]
    [InlineData("settings.Fencing.SecretsDirectory=/etc", "at '/settings/Fencing': additional properties 'SecretsDirectory' not allowed")]
    [InlineData("service.port=70000", "at '/service/port': maximum: got 70,000, want 65,535")]
    [InlineData("executor.storages[0]=srv/vms", "at '/executor/storages/0'")]
    [InlineData("executor.runtimeDirectory=/var/lib/recovery-executor/run", "at '/executor/runtimeDirectory'")]
    [InlineData("controlPlane.resources.limits=null", "at '/controlPlane/resources': missing property 'limits'")]
    [InlineData("fencing.secrets.a/b=c", "'a/b' does not match pattern")]
    public async Task A_wrong_value_is_named(string values, string said)
    {
        Assert.Contains(said, await Helm.RefusalAsync("--set", values));
    }

    [Fact]
    public async Task All_that_is_wrong_is_said_at_once()
    {
        var said = await Helm.RefusalAsync("--set", "controlPlane.replicas=2,ingress.enabled=true,executor.enabled=true");

        Assert.Contains("controlPlane.replicas is 2", said);
        Assert.Contains("ingress.hosts is empty", said);
        Assert.Contains("executor.enabled is true without TLS", said);
    }
}
