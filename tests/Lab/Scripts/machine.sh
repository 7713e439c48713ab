# Sourced by the first programs of machines: what process 1 of a machine does whatever it becomes.

# /proc is still the real machine's, so what it calls "self" is this process as seen from outside.
record_init() {
  local stat rest
  read -r stat < /proc/self/stat
  rest=(${stat##*) })
  echo "${stat%% *} ${rest[19]} $(readlink /proc/self/ns/pid)" > "$1/init.new"
  mv "$1/init.new" "$1/init"
}

# Afterwards the machine sees of the lab only its own directory (/run/lab/machine) and the scripts (/run/lab/bin); all
# that a program could leave behind in the file system of the real machine goes into memory and dies with the machine.
own_file_system() {
  local source=$1
  mount -t proc proc /proc
  mount -t tmpfs -o mode=755 run /run
  mkdir -p /run/lab/machine /run/lab/bin /run/lock
  mount --bind "$source" /run/lab/machine
  mount --bind "$source/../../bin" /run/lab/bin
  mount --bind "$source/hosts" /etc/hosts
  # An empty resolv.conf: no look-up ever waits for a name server that the machine can't reach.
  if [ -e /etc/resolv.conf ]; then mount --bind "$source/resolv.conf" /etc/resolv.conf; fi
}
