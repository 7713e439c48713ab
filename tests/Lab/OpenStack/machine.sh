# Sourced: the two machines beside the hypervisors, "database" and "services". Each is a process and mount namespace of its
# own: killing its first process takes all its processes and mounts away at once, and nothing else.

# machine_on NAME: runs machine-NAME as the first program.
machine_on() {
  local name=$1
  machine_pid "$name" > /dev/null && return
  mkdir -p "$state/machines" "$state/log"
  # /proc is still the real one when the pid is noted, so it is the pid as seen from here. tini reaps.
  setsid -f unshare --mount --pid --fork bash -c '
    read -r pid _ < /proc/self/stat
    echo "$pid $(readlink /proc/self/ns/pid)" > "$0.new" && mv "$0.new" "$0"
    mount -t proc proc /proc
    exec tini -- bash "$1"' "$state/machines/$name" "$here/machine-$name" < /dev/null >> "$state/log/$name.out" 2>&1
  until_so 10 "the machine $name" machine_pid "$name"
}

# A pid may be another process by now; its namespace tells.
machine_pid() {
  local pid namespace
  { read -r pid namespace < "$state/machines/$1"; } 2> /dev/null || return 1
  [ "$(readlink "/proc/$pid/ns/pid")" = "$namespace" ] && echo "$pid"
}

machine_off() {
  local pid
  pid=$(machine_pid "$1") || return 0
  kill -KILL "$pid"
  while [ -e "/proc/$pid" ]; do sleep 0.05; done
  rm -f "$state/machines/$1"
}
