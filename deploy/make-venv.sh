#!/usr/bin/env bash
# Make a virtual environment from a locked requirements file: make-venv.sh PYTHON VENV REQUIREMENTS
# Run from the top of the checkout. Nothing is built, nothing outside VENV is written.
set -euo pipefail
python=$1 venv=$2 requirements=$3

for candidate in "$python" python3; do
  command -v "$candidate" >/dev/null || continue
  "$candidate" -c 'import sys; sys.exit(sys.version_info < (3, 11))' && found=$candidate && break
done
if [ -z "${found:-}" ]; then
  echo "Pantau needs Python 3.11 or newer, and neither '$python' nor 'python3' is." >&2
  echo "Install it, or name one with: make PYTHON=/path/to/python3.11 …" >&2
  exit 2
fi
if ! "$found" -c 'import venv, ensurepip' 2>/dev/null; then
  source "$(dirname "$0")/as-root.sh"
  install_packages "$("$found" -c 'import sys; print("python3.%d-venv" % sys.version_info[1])')"
fi
# An interrupted first try leaves an environment without pip; --clear begins it anew.
"$venv/bin/python" -m pip --version >/dev/null 2>&1 || "$found" -m venv --clear "$venv"
echo "Installing what Pantau needs into $venv; the first time this takes about a minute." >&2
"$venv/bin/python" -m pip install --quiet --disable-pip-version-check --require-hashes --only-binary :all: \
  -r "$requirements"

# The project itself is put on the path of the environment: no build, no network.
here=$PWD
case $venv in /*) bin=$venv/bin ;; *) bin=$here/$venv/bin ;; esac
site=$("$venv/bin/python" -c 'import sysconfig; print(sysconfig.get_paths()["purelib"])')
echo "$here" > "$site/pantau.pth"
# A shell line in front instead of a #! line of Python's: those end at the first space of the path.
cat > "$venv/bin/pantau" <<END
#!/bin/sh
'''exec' "$bin/python" "\$0" "\$@"
' '''
import sys

from service.cli import main

sys.exit(main())
END
chmod +x "$venv/bin/pantau"
