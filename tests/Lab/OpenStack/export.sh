# Sourced: the export that Cinder's volumes are on, a file system in a file on a loop device. See ./mount.

export_up() {
  local device
  mkdir -p "$state/bin/$address:"
  [ -e "$state/volumes.ext4" ] || { truncate -s 8G "$state/volumes.ext4"; mkfs.ext4 -q -F "$state/volumes.ext4"; }
  device=$(loop_devices)
  [ -n "$device" ] || device=$(losetup --find --show "$state/volumes.ext4")
  ln -sfn "$device" "$state/bin/$export_name"
  cp "$here/mount" "$state/bin/"
}

export_down() {
  local device
  for device in $(loop_devices); do losetup -d "$device"; done
}

loop_devices() { [ ! -e "$state/volumes.ext4" ] || losetup --noheadings --output NAME --associated "$state/volumes.ext4"; }
