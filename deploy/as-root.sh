# Sourced. install_packages PACKAGE…: from Debian, as root or through sudo; otherwise says what to run as root.

as_root() {
  if [ "$(id -u)" = 0 ]; then
    env DEBIAN_FRONTEND=noninteractive "$@"
  else
    sudo env DEBIAN_FRONTEND=noninteractive "$@"
  fi
}

may_become_root() {
  [ "$(id -u)" = 0 ] && return 0
  command -v sudo >/dev/null || return 1
  # sudo may ask for a password only where somebody can answer
  sudo -n true 2>/dev/null || { [ -t 0 ] && [ -z "${CI:-}" ] && sudo true; }
}

install_packages() {
  if ! command -v apt-get >/dev/null; then
    echo "Pantau needs $*, and there is no apt-get here. Install them and run make again." >&2
    exit 2
  fi
  if ! may_become_root; then
    echo "Pantau needs $*, which only root can install. Run this as root, then make again:" >&2
    echo "  apt-get update && apt-get install -y --no-install-recommends $*" >&2
    exit 2
  fi
  echo "Installing $*"
  as_root apt-get update -qq
  as_root apt-get install -y -qq --no-install-recommends "$@"
}
