using Microsoft.Extensions.DependencyInjection;
using Recovery.ControlPlane.Configuration;
using Recovery.ControlPlane.Inventory;
using Recovery.ControlPlane.Inventory.Libvirt;
using Recovery.ControlPlane.Inventory.OpenStack;

namespace Recovery.ControlPlane.Tests.Inventory;

/// <summary>The settings say who keeps the cluster, and nobody else does.</summary>
public class InventoryChoiceTests
{
    [Theory]
    [InlineData(RecoveryOptions.Libvirt, typeof(LibvirtInventory), typeof(NovaInventory))]
    [InlineData(RecoveryOptions.Nova, typeof(NovaInventory), typeof(LibvirtInventory))]
    public void There_is_one_inventory_and_it_is_the_one_that_was_asked_for(string asked, Type there, Type other)
    {
        var services = new ServiceCollection().AddInventory(new RecoveryOptions { Inventory = asked });

        Assert.Single(services, service => service.ServiceType == typeof(IInventory));
        Assert.Single(services, service => service.ServiceType == typeof(IInventorySteps));
        Assert.Contains(services, service => service.ImplementationType == there);
        Assert.DoesNotContain(services, service => service.ImplementationType == other);
    }
}
