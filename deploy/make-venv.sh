#!/usr/bin/env bash
# Make a virtual environment from a locked requirements file: make-venv.sh PYTHON VENV REQUIREMENTS
set -euo pipefail
python=$1 venv=$2 requirements=$3

command -v "$python" >/dev/null || python=python3
"$python" -c 'import sys; sys.exit(sys.version_info < (3, 11))' || {
  echo "Pantau needs Python 3.11 or newer; '$python' is $("$python" --version 2>&1). Set it with: make PYTHON=/path/to/python3.11" >&2
  exit 2
}
if ! "$python" -c 'import venv, ensurepip' 2>/dev/null; then
  source "$(dirname "$0")/as-root.sh"
  as_root apt-get update -qq
  as_root apt-get install -y -qq --no-install-recommends python3-venv
fi
[ -x "$venv/bin/python" ] || "$python" -m venv "$venv"
"$venv/bin/python" -m pip install --quiet --require-hashes --only-binary :all: -r "$requirements"
# The project itself is put on the path of the environment: no build, no network.
site=$("$venv/bin/python" -c 'import sysconfig; print(sysconfig.get_paths()["purelib"])')
echo "$PWD" > "$site/pantau.pth"
cat > "$venv/bin/pantau" <<EOF
#!$PWD/$venv/bin/python
import sys
from service.cli import main
sys.exit(main())
EOF
chmod +x "$venv/bin/pantau"
