#!/usr/bin/env bash
# Runs real Matrix clients against a Doorward of their own.
#
#   test/clients/run.sh [js-sdk] [nio] [pages]    without arguments: all of them
#
# Fetches what they need: packages of npm into node_modules here and, if root
# runs it, packages of Debian.
set -euo pipefail
cd "$(dirname "$0")"

node_needed=22 # what matrix-js-sdk asks for
patience=120   # seconds for a client
dir=$(mktemp -d)
server=""

say() { echo "clients: $*" >&2; }

cleanup() {
  [ -z "$server" ] || kill -KILL "$server" 2>/dev/null || true
  rm -rf "$dir"
}
trap cleanup EXIT

# quietly COMMAND… shows what the command prints only if it fails.
quietly() {
  "$@" >"$dir/output" 2>&1 || {
    say "failed: $*"
    cat "$dir/output" >&2
    exit 1
  }
}

# debian PACKAGE COMMAND… installs the package if the command fails.
debian() {
  local package=$1
  shift
  if "$@" >/dev/null 2>&1; then return; fi
  if [ "$(id -u)" != 0 ] || ! command -v apt-get >/dev/null; then
    say "not installed: $package (a Debian package; as root this script installs it)"
    exit 1
  fi
  say "installing the Debian package $package"
  export DEBIAN_FRONTEND=noninteractive
  quietly apt-get update
  quietly apt-get install -y --no-install-recommends "$package"
}

# node_packages brings node_modules to what package-lock.json says. Node.js is
# among it, for machines whose own is too old.
node_packages() {
  debian npm npm --version
  local omit=""
  if node_is_new; then omit=--omit=optional; fi
  { cat package-lock.json; echo "$omit"; } >"$dir/lock"
  if ! cmp -s "$dir/lock" node_modules/.installed; then
    quietly npm ci --loglevel=error $omit
    cp "$dir/lock" node_modules/.installed
  fi
  PATH="$PWD/node_modules/.bin:$PATH"
  if ! node_is_new; then # npm says nothing of optional packages that it could not fetch
    rm node_modules/.installed
    say "Node.js $node_needed could not be fetched, and this machine has $(node --version)"
    exit 1
  fi
}

node_is_new() { node -e "process.exit(parseInt(process.versions.node) < $node_needed ? 1 : 0)"; }

# start starts the server and sets url to where it listens.
start() {
  say "building doorward"
  CGO_ENABLED=1 go build -o "$dir/doorward" ../../cmd/doorward
  cp doorward.yaml "$dir"
  (umask 077 && head -c 48 /dev/urandom | base64 >"$dir/jwt.secret")
  (cd "$dir" && exec ./doorward serve >log 2>&1) &
  server=$!
  local address=""
  for _ in {1..300}; do
    address=$(sed -n 's/.*msg=serving .*address=\([^ ]*\).*/\1/p' "$dir/log" 2>/dev/null || true)
    if [ -n "$address" ]; then break; fi
    kill -0 "$server" 2>/dev/null || break
    sleep 0.1
  done
  if [ -z "$address" ]; then
    say "doorward did not start:"
    cat "$dir/log" >&2
    exit 1
  fi
  url="http://$address"
}

# jwt mints a token for a user.
jwt() { (cd "$dir" && ./doorward token mint --sub "$1"); }

js_sdk() { timeout "$patience" node jssdk.mjs "$url" "$(jwt js-sdk)"; }
nio() { timeout "$patience" /usr/bin/python3 matrix_nio.py "$url" "$(jwt nio)"; }
pages() { timeout "$patience" node pages/pages.mjs "$url" "$(jwt pages)"; }

[ $# -gt 0 ] || set -- js-sdk nio pages
node=""
for client; do
  case $client in
  js-sdk) node=needed ;;
  nio) debian python3-matrix-nio /usr/bin/python3 -c 'import nio' ;;
  pages)
    node=needed
    debian chromium chromium --version
    ;;
  *)
    say "unknown: $client; there are js-sdk, nio and pages"
    exit 2
    ;;
  esac
done
[ -z "$node" ] || node_packages
start

failed=()
for client; do
  "${client/-/_}" || failed+=("$client")
done

kill -TERM "$server"
wait "$server" || failed+=("doorward's end")
server=""
if [ ${#failed[@]} -gt 0 ]; then
  say "what doorward said:"
  cat "$dir/log" >&2
  say "FAILED: ${failed[*]}"
  exit 1
fi
