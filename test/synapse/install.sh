#!/usr/bin/env bash
# Installs a Synapse into a root of its own and prints that root's folder.
#
#   test/synapse/install.sh
#
# It comes from Debian's unstable suite, through the mirror that this machine's
# apt uses or that DEBIAN_MIRROR names. The root stays in the cache for the next
# time; remove it there for a newer Synapse. Needs root (for chroot) and 800 MB.
set -euo pipefail

suite=sid
# debootstrap knows no package that another provides: python3-cffi-backend is
# what python3-cryptography asks for by such a name.
packages=matrix-synapse,python3-authlib,python3-psycopg2,python3-cffi-backend
cache=${XDG_CACHE_HOME:-$HOME/.cache}/doorward
root=$cache/synapse

say() { echo "synapse: $*" >&2; }

fail() {
  say "$*"
  exit 1
}

# mirror prints where this machine has Debian's packages from, if it knows.
mirror() {
  if [ -n "${DEBIAN_MIRROR:-}" ]; then
    echo "$DEBIAN_MIRROR"
    return
  fi
  # Labels are known only after an update.
  apt_mirror | grep . || { apt-get update >/dev/null && apt_mirror; }
}

apt_mirror() {
  apt-get indextargets --format '$(LABEL) $(REPO_URI)' 'Created-By: Packages' |
    sed -n '/^Debian [^ ]*$/{s/^Debian //p;q}'
}

# progress shows a person what debootstrap does, on one line of the terminal.
progress() {
  local line width
  while IFS= read -r line; do
    echo "$line" >>"$log"
    [ -t 2 ] || continue
    width=$(tput cols 2>/dev/null || echo 80)
    printf '\r\033[K%.*s' "$((width - 1))" "synapse: ${line#?: }" >&2
  done
  if [ -t 2 ]; then printf '\r\033[K' >&2; fi
}

# remove removes what was left of an installation, but nothing that is mounted
# into it.
remove() { rm -rf --one-file-system "$@"; }

installed() { cmp -s <(echo "$suite $packages") "$root/.installed"; }

version() { chroot "$root" dpkg-query --show --showformat='${Version}' matrix-synapse; }

[ "$(id -u)" = 0 ] || fail "only root can install and start it (it lives in a chroot)"

mkdir -p "$cache"
exec 9>"$cache/synapse.lock"
flock --nonblock 9 || { say "another installation is under way: waiting"; flock 9; }

if ! installed; then
  command -v apt-get >/dev/null || fail "this machine has no apt; the installation needs Debian or its like"
  if ! command -v debootstrap >/dev/null; then
    say "installing the Debian package debootstrap"
    { apt-get update && DEBIAN_FRONTEND=noninteractive apt-get install -y --no-install-recommends debootstrap; } \
      >/dev/null || fail "debootstrap cannot be installed"
  fi
  from=$(mirror)
  [ -n "$from" ] || fail "apt names no mirror of Debian here: set DEBIAN_MIRROR"
  eval "$(apt-config shell http_proxy Acquire::http::Proxy https_proxy Acquire::https::Proxy)"
  [ -z "${http_proxy:-}" ] || export http_proxy
  [ -z "${https_proxy:-}" ] || export https_proxy

  new=$cache/synapse.new log=$cache/synapse.log
  remove "$root" "$new"
  trap 'remove "$new"' EXIT
  : >"$log"
  say "installing Synapse from Debian's $suite into $root: some minutes"
  debootstrap --variant=minbase --include="$packages" "$suite" "$new" "$from" 2>&1 | progress || {
    tail -n 5 "$log" >&2
    [ ! -e "$new/debootstrap/debootstrap.log" ] || tail -n 20 "$new/debootstrap/debootstrap.log" | tee -a "$log" >&2
    fail "Synapse cannot be installed on this machine; all that was said is in $log"
  }
  echo "$suite $packages" >"$new/.installed"
  mv "$new" "$root"
fi

say "Synapse $(version) in $root"
echo "$root"
