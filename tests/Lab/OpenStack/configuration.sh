# Sourced: writes every service's file from the templates in etc/.

# filled FILE: @names@ get their values; @credentials@ are those of the one user that all services are.
filled() {
  sed -e "/^@credentials@\$/{r $here/etc/credentials
d}" "$1" | sed -e "s|@state@|$state|g; s|@address@|$address|g; s|@password@|$password|g; s|@host@|${host:-}|g; s|@host_address@|${host_address:-}|g" \
    -e "s|@database@\(/[a-z_]*\)|mysql+pymysql://openstack:$password@127.0.0.1:$database_port\1?charset=utf8mb4|"
}

write_services() {
  local service
  mkdir -p "$state"/etc/placement "$state"/{log,lock,tmp,mysql,keystone,neutron,nova} "$state"/glance/{images,staging,tasks} "$state"/cinder/{mnt,conversion}
  filled "$here/etc/keystone.conf" > "$state/etc/keystone.conf"
  for service in glance-api neutron cinder nova; do
    { filled "$here/etc/common.conf"; filled "$here/etc/$service.conf"; } > "$state/etc/$service.conf"
  done
  { filled "$here/etc/common.conf"; filled "$here/etc/placement.conf"; } > "$state/etc/placement/placement.conf"
  echo "$export_name" > "$state/etc/nfs_shares"
  cat > "$state/openrc" <<RC
unset PYTHONHOME PYTHONPATH
export OS_AUTH_URL=http://$address:5000/v3 OS_IDENTITY_API_VERSION=3 OS_REGION_NAME=RegionOne
export OS_USERNAME=admin OS_PASSWORD=$password OS_PROJECT_NAME=admin OS_USER_DOMAIN_NAME=Default OS_PROJECT_DOMAIN_NAME=Default
export OS_COMPUTE_API_VERSION=2.90 OS_VOLUME_API_VERSION=3.59 OS_PLACEMENT_API_VERSION=1.36
RC
}

# In the machine's own directory, which it sees as /run/lab/machine.
write_host() {
  local host=$1 host_address=10.$subnet.0.$((10 + ${1#node})) to=$machines/$1/nova
  mkdir -p "$to"
  { filled "$here/etc/common.conf"; filled "$here/etc/nova-compute.conf"; } > "$to/nova-compute.conf"
  cp "$here/start-compute" "$to/"
  cp -r "$state/bin" "$to/"
}
