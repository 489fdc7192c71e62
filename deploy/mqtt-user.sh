#!/usr/bin/env bash
# Give a device its user on the broker: mqtt-user.sh NAME [PASSWORD_FILE]
# Prints the new password, once (or writes it to PASSWORD_FILE). An existing user gets a new password.
# Then let the broker read it: docker compose restart mosquitto
set -euo pipefail
here=$(cd "$(dirname "$0")" && pwd)
name=${1:-} passwords=${SECRETS_DIR:-$here/secrets}/mqtt_passwords.txt

if ! [[ $name =~ ^[A-Za-z0-9_.-]{1,64}$ ]]; then
  echo "Usage: mqtt-user.sh NAME [PASSWORD_FILE]; NAME is the device as its topic says it: letters, digits, - _ ." >&2
  exit 2
fi
if [ ! -e "$passwords" ]; then
  echo "There is no $passwords yet: run deploy/make-secrets.sh first" >&2
  exit 2
fi

password=$(openssl rand -hex 24)
# Mosquitto's format 6: SHA-512 over password and salt, enough for 192 random bits
salt=$(openssl rand -base64 12)
hash=$({ printf %s "$password"; openssl base64 -d <<<"$salt"; } | openssl dgst -sha512 -binary | openssl base64 -A)

# Written in place: the file is mounted into the broker's container, which would not see a new one.
others=$(awk -F: -v name="$name" '$1 != name' "$passwords")
printf '%s\n' ${others:+"$others"} "$name:\$6\$$salt\$$hash" > "$passwords"
if [ -n "${2:-}" ]; then printf %s "$password" > "$2"; else echo "$password"; fi
