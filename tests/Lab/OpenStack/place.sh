# Sourced: where everything of the cloud is. Hosts and network are those of the lab "openstack" (tests/Lab).

here=$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)
root=$(cd "$here/../../.." && pwd)
lab=openstack
subnet=${RECOVERY_OPENSTACK_SUBNET:-86}
hosts="node1 node2 node3"

state=/var/lib/recovery-openstack
machines=/var/lib/recovery-lab/$lab/machines
address=10.$subnet.0.1            # all services; the hosts reach them over the lab's bridge
database_port=33$subnet           # on 127.0.0.1 only: no host can read the database
export_name=$address:/volumes     # the "NFS" export that Cinder's volumes are files on
password=recovery-openstack       # of everything; nothing listens beyond this machine

# A clean environment: neither the caller's Python nor his cloud.
unset PYTHONHOME PYTHONPATH OS_CLOUD
export PATH=/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin HOME=/root LC_ALL=C.UTF-8 PYTHONDONTWRITEBYTECODE=1

say() { printf '%s  %s\n' "$(date +%T)" "$*" >&2; }
fail() { say "$*"; exit 1; }

# until_so SECONDS WHAT COMMAND…
until_so() {
  local end=$((SECONDS + $1)) what=$2; shift 2
  until "$@" > /dev/null 2>&1; do
    [ $SECONDS -lt $end ] || fail "$what: not within the time it has. See $state/log."
    sleep 0.2
  done
}
listens() { (exec 3<> "/dev/tcp/$1/$2") 2> /dev/null; }
sql() { mariadb --no-defaults -uroot -S "$state/mysql.sock" --batch --skip-column-names "$@"; }
