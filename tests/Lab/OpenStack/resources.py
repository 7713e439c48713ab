"""What servers are made of: flavor, image, network, volume type. Usage: resources.py ADDRESS PASSWORD GUEST_DIRECTORY"""
import sys

import openstack

address, password, guest = sys.argv[1:]
cloud = openstack.connect(auth_url=f"http://{address}:5000/v3", username="admin", password=password, project_name="admin",
                          user_domain_name="Default", project_domain_name="Default", region_name="RegionOne")


def image(name, file, kind, container, **properties):
    return cloud.create_image(name, filename=f"{guest}/{file}", disk_format=kind, container_format=container,
                              visibility="public", wait=True, **properties)


cloud.create_flavor("guest", ram=96, vcpus=1, disk=1)
kernel = image("guest-kernel", "kernel", "aki", "aki")
initrd = image("guest-initrd", "initrd", "ari", "ari")
image("guest", "disk", "qcow2", "bare", kernel_id=kernel.id, ramdisk_id=initrd.id, os_command_line="console=ttyS0 panic=1 quiet")
network = cloud.create_network("guests")
cloud.create_subnet(network.id, subnet_name="guests", cidr="192.168.86.0/24", enable_dhcp=False)
cloud.block_storage.create_type(name="nfs", extra_specs={"volume_backend_name": "nfs"})
