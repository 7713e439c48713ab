namespace Recovery.Executor.DomainXml;

internal static class RewriteHelp
{
    public const string ExampleProfile = """
        {
          "host": "node2",
          "listenAddress": "192.0.2.12",
          "architecture": "x86_64",
          "emulators": ["/usr/bin/qemu-system-x86_64"],
          "storages": [
            { "id": "vm-images", "sourcePath": "/srv/images", "targetPath": "/mnt/images" }
          ],
          "volumes": [
            {
              "diskTarget": "vdb", "portalHost": "192.0.2.50", "portalPort": 3260,
              "targetName": "iqn.2004-10.com.example:data", "lun": 1,
              "chapUsername": "guest1", "secretUsage": "recovery-guest1-vdb"
            }
          ],
          "domainTypes": ["kvm", "qemu"],
          "machineTypes": ["pc-q35-7.2", "q35"],
          "cpuModels": ["qemu64", "Nehalem"],
          "hostCpuModel": "EPYC-Rome",
          "sourceHostCpuModel": "EPYC-Rome",
          "bridges": ["br0"],
          "bridgesKnown": true,
          "networks": ["default"],
          "networksKnown": true,
          "networkDevices": [],
          "firmwareFiles": ["/usr/share/OVMF/OVMF_CODE_4M.fd"],
          "secretUuids": [],
          "secretUsages": [],
          "logDirectory": "/var/log/libvirt/qemu"
        }
        """;

    public const string Text = $"""
        recovery-executor rewrite --profile FILE [--json] < domain.xml > rewritten.xml

        Rewrites a definition for another host and says what was changed, or why it can't run there.
        Nothing is touched: take the definition from 'virsh dumpxml --inactive GUEST', look at the result.

          --profile FILE   the target host, as JSON; see below
          --json           one JSON document on standard output: xml, changes, refusals
          --help           this text

        The rewritten XML goes to standard output, changes and refusals go to standard error.
        Exit code: 0 rewritten, 1 refused, 2 bad usage or bad input, with every fault named.

        A profile. Needed are host, listenAddress, architecture, emulators and storages. What is left out of
        domainTypes, machineTypes, cpuModels, bridges and networks isn't checked; what is left out of
        networkDevices, firmwareFiles, secretUuids and secretUsages doesn't exist on the target.

        {ExampleProfile}

        """;
}
