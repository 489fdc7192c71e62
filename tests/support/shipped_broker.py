"""Mosquitto with the configuration we ship: TLS, passwords and ACL really on, only ports and paths changed."""

from __future__ import annotations

import os
import shutil
import subprocess
from pathlib import Path

from support.servers import Mosquitto

ROOT = Path(__file__).parents[2]


def make_secrets(folder: Path, *arguments: str) -> Path:
    """Run deploy/make-secrets.sh into a folder."""
    environment = os.environ | {"SECRETS_DIR": str(folder)}
    subprocess.run([ROOT / "deploy/make-secrets.sh", *arguments], env=environment, check=True, capture_output=True)
    return folder


def add_user(secrets: Path, name: str) -> str:
    """Run deploy/mqtt-user.sh; the new user's password."""
    environment = os.environ | {"SECRETS_DIR": str(secrets)}
    done = subprocess.run(
        [ROOT / "deploy/mqtt-user.sh", name], env=environment, check=True, capture_output=True, text=True
    )
    return done.stdout.strip()


class ShippedMosquitto(Mosquitto):
    """deploy/mosquitto/mosquitto.conf on a free port."""

    def __init__(self, folder: Path, secrets: Path) -> None:
        super().__init__(folder)
        self.secrets = secrets

    def command(self) -> list[str]:
        """The shipped file; `user root` only because tests may run as root with private folders."""
        data = self.folder / "data"
        data.mkdir(exist_ok=True)
        text = (ROOT / "deploy/mosquitto/mosquitto.conf").read_text("utf-8")
        changes = {
            "listener 8883": f"listener {self.port} 127.0.0.1",
            "/mosquitto/data/": f"{data}/",
            "/mosquitto/config/acl": str(ROOT / "deploy/mosquitto/acl"),
            **{f"/run/secrets/{file.stem}\n": f"{file}\n" for file in self.secrets.glob("*.txt")},
        }
        for theirs, ours in changes.items():
            text = text.replace(theirs, ours)
        config = self.folder / "mosquitto.conf"
        config.write_text(f"{text}\nuser root\n", "utf-8")
        return [shutil.which("mosquitto") or "/usr/sbin/mosquitto", "-c", str(config)]
