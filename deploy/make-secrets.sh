#!/usr/bin/env bash
# Make every secret docker-compose.yml reads, once: make-secrets.sh [--demo] [NAME_OR_ADDRESS…]
# --demo also makes the user of the simulator, which may write for every device.
# The names and addresses are those by which devices reach this host; they go into the broker's certificate.
# Never overwrites: to begin anew, move deploy/secrets away.
#
# Docker mounts these files as they are, and each container runs as a user of its own; so the files can be read by
# all, and the folder by its owner alone.
set -euo pipefail
here=$(cd "$(dirname "$0")" && pwd)
secrets=${SECRETS_DIR:-$here/secrets}
export SECRETS_DIR=$secrets
days=3650
[ "${1:-}" = --demo ] && demo=1 && shift

command -v openssl >/dev/null || { echo "openssl is missing: apt-get install openssl" >&2; exit 2; }
if [ -n "$(ls -A "$secrets" 2>/dev/null)" ]; then
  echo "$secrets holds secrets already; nothing was changed. To begin anew, move it away." >&2
  exit 1
fi
mkdir -p "$secrets"
chmod 700 "$secrets"
umask 022
cd "$secrets"

random() { openssl rand -hex 32 | tr -d '\n' > "$1"; }
printf admin > influxdb_username.txt
random influxdb_password.txt
random influxdb_token.txt

: > mqtt_passwords.txt
"$here/mqtt-user.sh" collector mqtt_collector_password.txt
"$here/mqtt-user.sh" health mqtt_health_password.txt
[ -z "${demo:-}" ] || "$here/mqtt-user.sh" simulator mqtt_simulator_password.txt

names="DNS:mosquitto,DNS:localhost,IP:127.0.0.1,DNS:$(hostname)"
for name in "$@"; do
  if [[ $name =~ ^[0-9.]+$ || $name == *:* ]]; then names+=",IP:$name"; else names+=",DNS:$name"; fi
done
openssl req -x509 -newkey ec -pkeyopt ec_paramgen_curve:prime256v1 -nodes -days $days -subj "/CN=Pantau CA" \
  -addext "basicConstraints=critical,CA:TRUE,pathlen:0" -addext "keyUsage=critical,keyCertSign,cRLSign" \
  -keyout ca_key.txt -out ca_certificate.txt 2>/dev/null
openssl req -newkey ec -pkeyopt ec_paramgen_curve:prime256v1 -nodes -subj "/CN=mosquitto" \
  -keyout mqtt_server_key.txt -out request.tmp 2>/dev/null
openssl x509 -req -in request.tmp -CA ca_certificate.txt -CAkey ca_key.txt -CAcreateserial -days $days \
  -out mqtt_server_certificate.txt 2>/dev/null -extfile <(
    printf 'subjectAltName=%s\nextendedKeyUsage=serverAuth\nkeyUsage=critical,digitalSignature\n' "$names"
  )
rm -f request.tmp ca_certificate.srl
chmod 644 ./*.txt
chmod 600 ca_key.txt  # mounted nowhere; signs the next server certificate

echo "Made $secrets. The broker's certificate is good for $names until $(openssl x509 -enddate -noout -in mqtt_server_certificate.txt | cut -d= -f2)."
echo "Devices need $secrets/ca_certificate.txt, and each a user: deploy/mqtt-user.sh DEVICE"
