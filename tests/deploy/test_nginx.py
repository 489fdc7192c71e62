"""The nginx example is one that nginx takes."""

from __future__ import annotations

import os
import subprocess
from pathlib import Path

import pytest

from support.compose import ROOT
from support.shipped_broker import make_secrets


def test_nginx_takes_the_example(tmp_path: Path) -> None:
    nginx = next((path for path in ("/usr/sbin/nginx", "/usr/bin/nginx") if Path(path).exists()), None)
    if nginx is None:
        (pytest.fail if os.environ.get("CI") else pytest.skip)("nginx is not installed: run `make servers`")
    secrets = make_secrets(tmp_path / "secrets", "ipal.lan")
    site = (ROOT / "deploy/nginx/pantau.conf").read_text("utf-8")
    site = site.replace("/etc/pantau/tls/certificate.pem", str(secrets / "mqtt_server_certificate.txt"))
    site = site.replace("/etc/pantau/tls/key.pem", str(secrets / "mqtt_server_key.txt"))
    config = tmp_path / "nginx.conf"
    config.write_text(f"pid {tmp_path}/pid;\nevents {{}}\nhttp {{ access_log off;\n{site} }}\n", "utf-8")
    done = subprocess.run([nginx, "-t", "-p", tmp_path, "-c", config, "-e", "stderr"], capture_output=True, text=True)
    assert done.returncode == 0, done.stderr
