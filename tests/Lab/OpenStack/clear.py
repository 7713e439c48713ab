"""Deletes all servers, server groups and volumes. Usage: clear.py ADDRESS PASSWORD"""
import sys
import time

import openstack

address, password = sys.argv[1:]
cloud = openstack.connect(auth_url=f"http://{address}:5000/v3", username="admin", password=password, project_name="admin",
                          user_domain_name="Default", project_domain_name="Default", region_name="RegionOne")


def until_none(of):
    end = time.monotonic() + 120
    while left := list(of()):
        if time.monotonic() > end:
            sys.exit(f"Not deleted: {[each.name for each in left]}")
        time.sleep(0.3)


for server in cloud.compute.servers():
    cloud.compute.delete_server(server)
until_none(cloud.compute.servers)
for group in cloud.compute.server_groups():
    cloud.compute.delete_server_group(group)
for volume in cloud.block_storage.volumes():
    cloud.block_storage.delete_volume(volume)
until_none(cloud.block_storage.volumes)
