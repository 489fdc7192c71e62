"""A role of Pantau as a real process, to be killed without warning."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).parent.parent.parent


class ServiceProcess:
    """`pantau ROLE` with its settings in the environment."""

    def __init__(self, role: str, data_dir: Path, settings: dict[str, str], *, name: str | None = None) -> None:
        """`name`: of its log, where several of a role run."""
        self._command = [sys.executable, "-m", "service.cli", role, "--data-dir", str(data_dir)]
        inherited = {name: value for name, value in os.environ.items() if not name.startswith("PANTAU_")}
        self._environment = {**inherited, "PYTHONPATH": str(ROOT), **settings}
        self._log = data_dir.parent / f"{name or role}.log"
        self._process: subprocess.Popen[bytes] | None = None

    def start(self) -> None:
        """Start it; nothing is waited for."""
        with self._log.open("ab") as log:
            self._process = subprocess.Popen(
                self._command, env=self._environment, cwd=self._log.parent, stdout=log, stderr=log
            )

    @property
    def alive(self) -> bool:
        """Whether it still runs."""
        return self._process is not None and self._process.poll() is None

    @property
    def pid(self) -> int:
        """The process id while it runs."""
        assert self._process is not None
        return self._process.pid

    def stand_still(self) -> None:
        """SIGSTOP: it keeps what it holds and does nothing, as on a host that is out of memory."""
        os.kill(self.pid, signal.SIGSTOP)

    def go_on(self) -> None:
        """SIGCONT."""
        os.kill(self.pid, signal.SIGCONT)

    def kill(self) -> None:
        """kill -9."""
        self._end(signal.SIGKILL)

    def stop(self) -> None:
        """SIGTERM, and wait."""
        self._end(signal.SIGTERM)

    @property
    def log(self) -> str:
        """What it said."""
        return self._log.read_text("utf-8") if self._log.exists() else ""

    def _end(self, sign: signal.Signals) -> None:
        if self._process is not None:
            if self._process.poll() is None:
                self._process.send_signal(sign)
            self._process.wait(30)
            self._process = None
