# Sourced: databases, their users, and every service's tables.

database_up() {
  if [ ! -d "$state/mysql/mysql" ]; then
    mariadb-install-db --no-defaults --user=root --datadir="$state/mysql" --auth-root-authentication-method=normal --skip-test-db \
      > "$state/log/mariadb-install.log" 2>&1
  fi
  machine_on database
  until_so 60 MariaDB mariadb-admin --no-defaults -uroot -S "$state/mysql.sock" ping
}

create_databases() {
  local each
  for each in keystone placement glance neutron cinder nova nova_api nova_cell0; do echo "CREATE DATABASE IF NOT EXISTS $each;"; done | sql
  # Every service but Recovery is one user, who may do everything.
  echo "CREATE USER IF NOT EXISTS openstack@'127.0.0.1' IDENTIFIED BY '$password'; GRANT ALL ON *.* TO openstack@'127.0.0.1';" | sql
}

# Recovery's users, as an operator makes them: the statements of docs/openstack.md, with passwords.
create_recoverys_users() {
  sed -n '/^```sql$/,/^```$/{/^```/!p}' "$root/docs/openstack.md" \
    | sed -e "s/'choose one'/'$password-reader'/; s/'choose another'/'$password-writer'/; s/CREATE USER/CREATE USER IF NOT EXISTS/" | sql
  ( umask 077
    echo "Server=127.0.0.1;Port=$database_port;User ID=recovery_reader;Password=$password-reader" > "$state/reader"
    echo "Server=127.0.0.1;Port=$database_port;User ID=recovery_writer;Password=$password-writer" > "$state/writer"
    printf %s "$password" > "$state/password" )
}

# Two at a time: this is where the time of the first start goes.
create_tables() {
  local etc=$state/etc url=http://$address:5000/v3/ failed=0 of
  {
    keystone-manage --config-file "$etc/keystone.conf" db_sync
    keystone-manage --config-file "$etc/keystone.conf" fernet_setup --keystone-user root --keystone-group root
    keystone-manage --config-file "$etc/keystone.conf" credential_setup --keystone-user root --keystone-group root
    keystone-manage --config-file "$etc/keystone.conf" bootstrap --bootstrap-password "$password" --bootstrap-region-id RegionOne \
      --bootstrap-admin-url "$url" --bootstrap-internal-url "$url" --bootstrap-public-url "$url"
    OS_PLACEMENT_CONFIG_DIR=$etc/placement placement-manage --config-file "$etc/placement/placement.conf" db sync
    glance-manage --config-file "$etc/glance-api.conf" db_sync
    glance-manage --config-file "$etc/glance-api.conf" db_load_metadefs
    cinder-manage --config-file "$etc/cinder.conf" db sync
  } > "$state/log/tables-1.out" 2>&1 & of=$!
  {
    nova-manage --config-file "$etc/nova.conf" api_db sync
    nova-manage --config-file "$etc/nova.conf" cell_v2 map_cell0 --database_connection "mysql+pymysql://openstack:$password@127.0.0.1:$database_port/nova_cell0?charset=utf8mb4"
    nova-manage --config-file "$etc/nova.conf" db sync
    nova-manage --config-file "$etc/nova.conf" cell_v2 create_cell --name cell1
    neutron-db-manage --config-file "$etc/neutron.conf" upgrade heads
  } > "$state/log/tables-2.out" 2>&1 || failed=1
  wait "$of" || failed=1
  [ $failed = 0 ] || fail "A service could not make its tables: see $state/log/tables-*.out"
}
