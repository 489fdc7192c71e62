# Sourced: as_root COMMAND… runs it as root or through sudo, or says what the user must run.
as_root() {
  if [ "$(id -u)" = 0 ]; then
    DEBIAN_FRONTEND=noninteractive "$@"
  elif command -v sudo >/dev/null && sudo -n true 2>/dev/null; then
    sudo -n DEBIAN_FRONTEND=noninteractive "$@"
  else
    echo "This needs root. Run as root: $*" >&2
    exit 2
  fi
}
