"""Six servers on node1 of the kinds that a recovery has to tell apart, and one on node2. Usage: servers.py ADDRESS PASSWORD

    plain-1, plain-2   from an image
    apart-1            in a group that no two members share a host of; apart-2, on node2, is in it too
    orders             with a volume that is attached
    from-volume        its root disk is a volume
    archive            shut off by its owner

Prints a JSON object: what each is called, and its id."""
import json
import sys
import time

import openstack

address, password = sys.argv[1:]
cloud = openstack.connect(auth_url=f"http://{address}:5000/v3", username="admin", password=password, project_name="admin",
                          user_domain_name="Default", project_domain_name="Default", region_name="RegionOne")
compute = cloud.compute
flavor, image, network = cloud.get_flavor("guest").id, cloud.get_image("guest").id, cloud.get_network("guests").id


def post(path, body):
    answer = compute.post(path, json=body, microversion="2.74")
    if not answer.ok:
        sys.exit(f"POST {path}: {answer.status_code} {answer.text}")
    return answer.json() if answer.content else None


def boot(name, host="node1", root=None, group=None):
    server = {"name": name, "flavorRef": flavor, "networks": [{"uuid": network}], "host": host}
    if root:
        server["block_device_mapping_v2"] = [{"uuid": root, "source_type": "volume", "destination_type": "volume", "boot_index": 0}]
    else:
        server["imageRef"] = image
    hints = {"os:scheduler_hints": {"group": group}} if group else {}
    return post("/servers", {"server": server, **hints})["server"]["id"]


def until(what, *states):
    end = time.monotonic() + 120
    while True:
        states_now = {name: compute.get_server(id).status for name, id in what.items()}
        if all(state in states for state in states_now.values()):
            return
        if "ERROR" in states_now.values() or time.monotonic() > end:
            sys.exit(f"These should be {' or '.join(states)}: {states_now}")
        time.sleep(0.5)


group = post("/os-server-groups", {"server_group": {"name": "apart", "policy": "anti-affinity"}})["server_group"]["id"]
servers = {name: boot(name) for name in ("plain-1", "plain-2", "orders", "archive")}
root = cloud.create_volume(1, name="from-volume-root", image=image, wait=False)
data = cloud.create_volume(1, name="orders-data", wait=False)
# Nova looks at the group on the host once more, and must find the other there already.
servers["apart-2"] = boot("apart-2", host="node2", group=group)
servers["apart-1"] = boot("apart-1", group=group)
cloud.block_storage.wait_for_status(cloud.block_storage.get_volume(root.id), "available", ["error"], interval=0.5, wait=120)
servers["from-volume"] = boot("from-volume", root=root.id)
until(servers, "ACTIVE")

post(f"/servers/{servers['archive']}/action", {"os-stop": None})
post(f"/servers/{servers['orders']}/os-volume_attachments", {"volumeAttachment": {"volumeId": data.id}})
cloud.block_storage.wait_for_status(cloud.block_storage.get_volume(data.id), "in-use", ["error"], interval=0.5, wait=120)
until({"archive": servers["archive"]}, "SHUTOFF")
print(json.dumps(servers, indent=2))
