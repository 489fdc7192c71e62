#!/usr/bin/env bash
# Install the real servers the tests use from Debian's packages, where missing. Nothing is started as a service.
set -euo pipefail
source "$(dirname "$0")/as-root.sh"

missing=()
have() { command -v "$1" >/dev/null || [ -x "/usr/sbin/$1" ]; }
have mosquitto || missing+=(mosquitto)
have mosquitto_sub || missing+=(mosquitto-clients)
have influxd || missing+=(influxdb)
ls /usr/lib/postgresql/*/bin/postgres >/dev/null 2>&1 || missing+=(postgresql)
have chromium || missing+=(chromium)
have nginx || missing+=(nginx-light)
have openssl || missing+=(openssl)
[ ${#missing[@]} -gt 0 ] || exit 0

# Keep Debian from starting them: the tests start their own, on free ports and in folders of their own.
policy=/usr/sbin/policy-rc.d
if may_become_root && [ ! -e $policy ]; then
  refusal=$(mktemp)
  printf '#!/bin/sh\nexit 101\n' > "$refusal"
  as_root install -m 755 "$refusal" $policy
  rm -f "$refusal"
  trap 'as_root rm -f $policy' EXIT
fi
install_packages "${missing[@]}"
