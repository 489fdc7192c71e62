"""Real servers for tests and benchmarks: started on loopback, in a folder of their own, ended by process id."""

from __future__ import annotations

import os
import pwd
import shutil
import signal
import socket
import subprocess
import time
from pathlib import Path

import httpx

POSTGRES_BIN = "/usr/lib/postgresql"
READY_WITHIN = 20.0  # s


def free_port() -> int:
    """A TCP port nobody listens on now."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def wait_for_port(port: int, within: float = READY_WITHIN) -> None:
    """Return once something accepts connections on the loopback port."""
    deadline = time.monotonic() + within
    while time.monotonic() < deadline:
        with socket.socket() as probe:
            probe.settimeout(0.5)
            if probe.connect_ex(("127.0.0.1", port)) == 0:
                return
        time.sleep(0.02)
    raise TimeoutError(f"nothing listens on port {port} after {within} s")


class Server:
    """A child process on a loopback port that can be killed and started again on the same data."""

    def __init__(self, folder: Path, port: int | None = None) -> None:
        self.folder = folder
        self.port = port or free_port()
        self.process: subprocess.Popen[bytes] | None = None
        folder.mkdir(parents=True, exist_ok=True)

    def command(self) -> list[str]:
        """What to run."""
        raise NotImplementedError

    def start(self) -> None:
        """Start and wait until it answers."""
        log = (self.folder / "log.txt").open("ab")
        self.process = subprocess.Popen(self.command(), stdout=log, stderr=log, start_new_session=True)
        log.close()
        self.wait_ready()

    def wait_ready(self) -> None:
        """Return once it answers."""
        wait_for_port(self.port)

    @property
    def pid(self) -> int:
        """The process id of the running server."""
        assert self.process is not None
        return self.process.pid

    def stop(self, sig: signal.Signals = signal.SIGTERM) -> None:
        """End it with a signal and wait. Ending it twice is fine."""
        if self.process is None:
            return
        if self.process.poll() is None:
            self.process.send_signal(sig)
            try:
                self.process.wait(20)
            except subprocess.TimeoutExpired:
                self.process.kill()
                self.process.wait()
        self.process = None

    def kill(self) -> None:
        """kill -9."""
        self.stop(signal.SIGKILL)


class Mosquitto(Server):
    """Debian's Mosquitto, with persistence and the limits Pantau ships."""

    extra = ""

    def command(self) -> list[str]:
        """A configuration like `deploy/mosquitto/mosquitto.conf`, without TLS and passwords."""
        data = self.folder / "data"
        data.mkdir(exist_ok=True)
        if os.geteuid() == 0:
            os.chmod(data, 0o777)
        config = self.folder / "mosquitto.conf"
        config.write_text(
            f"listener {self.port} 127.0.0.1\nallow_anonymous true\npersistence true\n"
            f"persistence_location {data}/\nautosave_interval 1800\nmax_queued_messages 0\n"
            f"max_inflight_messages 0\nuser root\n{self.extra}\n"
        )
        binary = shutil.which("mosquitto") or "/usr/sbin/mosquitto"
        return [binary, "-c", str(config)]


class InfluxDB(Server):
    """Debian's InfluxDB 1.6.7 as it comes; Pantau's tests speak to it through `support.influx_shim`."""

    def command(self) -> list[str]:
        """A configuration with everything but HTTP switched off."""
        config = self.folder / "influxdb.conf"
        config.write_text(
            f'reporting-enabled = false\nbind-address = "127.0.0.1:{free_port()}"\n'
            f'[meta]\n  dir = "{self.folder}/meta"\n'
            f'[data]\n  dir = "{self.folder}/data"\n  wal-dir = "{self.folder}/wal"\n'
            '  index-version = "tsi1"\n  query-log-enabled = false\n'
            "[monitor]\n  store-enabled = false\n[subscriber]\n  enabled = false\n"
            f'[http]\n  bind-address = "127.0.0.1:{self.port}"\n  log-enabled = false\n'
            "[continuous_queries]\n  log-enabled = false\n"
        )
        return [shutil.which("influxd") or "/usr/bin/influxd", "run", "-config", str(config)]

    def wait_ready(self) -> None:
        """Poll /ping."""
        deadline = time.monotonic() + READY_WITHIN
        while time.monotonic() < deadline:
            try:
                if httpx.get(f"{self.url}/ping", timeout=1).status_code == 204:
                    return
            except httpx.HTTPError:
                time.sleep(0.05)
        raise TimeoutError(f"influxd did not answer; see {self.folder}/log.txt")

    @property
    def url(self) -> str:
        """Where it answers."""
        return f"http://127.0.0.1:{self.port}"

    def query(self, statement: str, db: str = "") -> list[dict[str, object]]:
        """Run InfluxQL; return the series of the first result."""
        answer = httpx.post(
            f"{self.url}/query", params={"db": db, "epoch": "ms"}, data={"q": statement}, timeout=60
        ).json()
        result = answer["results"][0]
        assert "error" not in result, result
        series: list[dict[str, object]] = result.get("series", [])
        return series


class Postgres(Server):
    """Debian's PostgreSQL on a data folder of its own, trusting loopback."""

    def _as_postgres(self) -> dict[str, object]:
        """PostgreSQL refuses to run as root; then it runs as the user that Debian made for it."""
        return {"user": "postgres"} if os.geteuid() == 0 else {}

    @property
    def binaries(self) -> Path:
        """The newest installed version's programs."""
        return max(Path(POSTGRES_BIN).glob("*/bin"))

    def command(self) -> list[str]:
        """Run in the foreground without fsync: only its SQL is under test, not its disk."""
        return [
            str(self.binaries / "postgres"), "-D", str(self.folder / "pg"), "-p", str(self.port),
            "-c", "listen_addresses=127.0.0.1", "-c", f"unix_socket_directories={self.folder}", "-c", "fsync=off",
        ]  # fmt: skip

    def start(self) -> None:
        """initdb on first use, then start."""
        kwargs = self._as_postgres()
        if kwargs:
            entry = pwd.getpwnam("postgres")
            os.chown(self.folder, entry.pw_uid, entry.pw_gid)
            for parent in self.folder.parents:
                if str(parent).startswith("/tmp/") and parent.owner() == "root":
                    parent.chmod(parent.stat().st_mode | 0o055)
        if not (self.folder / "pg").exists():
            subprocess.run(
                [str(self.binaries / "initdb"), "-D", str(self.folder / "pg"), "-U", "pantau", "-A", "trust",
                 "--no-sync", "-E", "UTF8", "--locale=C.UTF-8"],
                check=True, capture_output=True, cwd="/", **kwargs,  # type: ignore[call-overload]
            )  # fmt: skip
        log = (self.folder / "log.txt").open("ab")
        self.process = subprocess.Popen(  # type: ignore[call-overload]
            self.command(), stdout=log, stderr=log, cwd="/", start_new_session=True, **kwargs
        )
        log.close()
        deadline = time.monotonic() + READY_WITHIN
        ready = [str(self.binaries / "pg_isready"), "-h", "127.0.0.1", "-p", str(self.port), "-q"]
        while subprocess.run(ready, check=False).returncode != 0:
            if time.monotonic() > deadline:
                raise TimeoutError(f"postgres did not answer; see {self.folder}/log.txt")
            time.sleep(0.05)

    @property
    def url(self) -> str:
        """The SQLAlchemy URL of its default database."""
        return f"postgresql+psycopg://pantau@127.0.0.1:{self.port}/postgres"

    def create_database(self, name: str) -> str:
        """A fresh database; its SQLAlchemy URL."""
        subprocess.run(
            [str(self.binaries / "createdb"), "-h", "127.0.0.1", "-p", str(self.port), "-U", "pantau", name],
            check=True,
        )
        return f"postgresql+psycopg://pantau@127.0.0.1:{self.port}/{name}"
