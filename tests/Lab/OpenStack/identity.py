"""The user, the roles and the catalogue that the services need of each other. Usage: identity.py ADDRESS PASSWORD"""
import sys

import openstack

address, password = sys.argv[1:]
cloud = openstack.connect(auth_url=f"http://{address}:5000/v3", username="admin", password=password, project_name="admin",
                          user_domain_name="Default", project_domain_name="Default", region_name="RegionOne")
identity = cloud.identity
domain = identity.find_domain("Default").id
project = identity.create_project(name="service", domain_id=domain)
roles = {name: identity.find_role(name) or identity.create_role(name=name) for name in ("admin", "service")}

# What docs/openstack.md wants of Recovery's own user.
for name in ("openstack", "recovery"):
    user = identity.create_user(name=name, password=password, domain_id=domain, default_project_id=project.id)
    for role in roles.values():
        identity.assign_project_role_to_user(project, user, role)

for name, kind, url in (("nova", "compute", "8774/v2.1"), ("placement", "placement", "8778"), ("glance", "image", "9292"),
                        ("neutron", "network", "9696"), ("cinderv3", "volumev3", "8776/v3/%(project_id)s")):
    service = identity.create_service(name=name, type=kind)
    for interface in ("public", "internal", "admin"):
        identity.create_endpoint(service_id=service.id, interface=interface, url=f"http://{address}:{url}", region_id="RegionOne")
