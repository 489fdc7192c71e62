#!/usr/bin/env bash
# Install the real servers the tests use from Debian's packages, where missing. Nothing is started as a service.
set -euo pipefail
source "$(dirname "$0")/as-root.sh"

missing=()
have() { command -v "$1" >/dev/null || [ -x "/usr/sbin/$1" ]; }
have mosquitto || missing+=(mosquitto)
have influxd || missing+=(influxdb)
ls /usr/lib/postgresql/*/bin/postgres >/dev/null 2>&1 || missing+=(postgresql)
have chromium || missing+=(chromium)
have nginx || missing+=(nginx-light)
[ ${#missing[@]} -gt 0 ] || exit 0

echo "Installing ${missing[*]}"
as_root apt-get update -qq
# Keep Debian from starting them: the tests start their own, on free ports and in folders of their own.
if [ ! -e /usr/sbin/policy-rc.d ]; then
  printf '#!/bin/sh\nexit 101\n' > /tmp/policy-rc.d.$$
  as_root install -m 755 /tmp/policy-rc.d.$$ /usr/sbin/policy-rc.d
  trap 'as_root rm -f /usr/sbin/policy-rc.d; rm -f /tmp/policy-rc.d.$$' EXIT
fi
as_root apt-get install -y -qq --no-install-recommends "${missing[@]}"
