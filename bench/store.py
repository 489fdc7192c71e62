"""The embedded store and the journal: bytes, disk writes, speed, and InfluxDB 1.6.7 beside them in the same run."""

from __future__ import annotations

import json
import random
import statistics
import tempfile
import time
from collections.abc import Callable, Iterable, Iterator
from pathlib import Path

import httpx

from domain.counters import Tally
from domain.message import DeadLetter
from domain.reading import Millis, Reading, Series
from domain.series import Selection
from storage.chunk_store import SqliteReadingStore
from storage.forwarder import Forwarder
from storage.influx_config import InfluxConfig
from storage.influx_store import InfluxReadingStore
from storage.journal import SqliteJournal
from storage.sealer import Sealer
from support.influx_shim import InfluxShim
from support.servers import InfluxDB

START: Millis = 1_759_996_800_000
HOUR: Millis = 3_600_000
DAY = 24 * HOUR
ROUNDS = 3
METRICS = 5
WRITE_HOURS = 2  # of plant time, for the disk writes
PH = Series("batik", "ipal-outlet", "ph", "pH", "outlet")

SHAPES: dict[str, Callable[[int, random.Random], float]] = {
    "one_decimal": lambda n, r: round(28 + r.gauss(0, 0.3), 1),
    "two_decimals": lambda n, r: round(7.2 + r.gauss(0, 0.05), 2),
    "three_decimals": lambda n, r: round(3.1 + r.gauss(0, 0.05), 3),
    "counter": lambda n, r: 1000 + n // 10,
    "run_flag": lambda n, r: float(n // 700 % 2),
}


def written() -> int:
    """Bytes that this process sent towards the disk so far, by the kernel's count."""
    lines = dict(line.split(": ") for line in Path("/proc/self/io").read_text().splitlines())
    return int(lines["write_bytes"])


def wall(work: Callable[[], object]) -> float:
    """Seconds that something takes."""
    begin = time.perf_counter()
    work()
    return time.perf_counter() - begin


def bytes_a_reading() -> dict[str, float]:
    """File size by readings: a day at 2 s with 20 ms of jitter, of each shape."""
    figures = {}
    for name, shape in SHAPES.items():
        chance = random.Random(name)
        with tempfile.TemporaryDirectory() as folder:
            path = Path(folder) / "readings.db"
            with SqliteReadingStore(path) as store:
                times = (START + n * 2000 + chance.randint(-20, 20) for n in range(43_200))
                store.write([Reading(PH, at, shape(n, chance)) for n, at in enumerate(times)])
            figures[f"bytes_a_reading_{name}"] = path.stat().st_size / 43_200
    return figures


def plant_commits(seconds: int) -> Iterator[tuple[Millis, list[Reading], Tally]]:
    """500 points every 2 s: fifty messages of five metrics a second, committed every 100 ms."""
    series = [Series("batik", f"device-{n // 5}", f"m{n % 5}", "mg/L", "outlet") for n in range(500)]
    chance = random.Random(1)
    for number in range(seconds * 10):
        now = START + number * 100
        readings, tally = [], Tally()
        for message in range(5):
            device = (number * 5 + message) % 100
            for n in range(METRICS):
                value = round(7 + chance.gauss(0, 0.05), 2)
                readings.append(Reading(series[device * 5 + n], now - message * 20, value, received_at=now))
            of = tally.of(f"device-{device}")
            of.received, of.written, of.readings = 1, 1, METRICS
            tally.receipts.append(chance.getrandbits(63))
        yield now, readings, tally


def disk_writes() -> dict[str, float]:
    """GB a day with everything that happens to a reading: append, fold, alerts cursor, sealing, purge.

    The commits follow each other without waiting; each is synced, so waiting would not change what is written.
    """
    with tempfile.TemporaryDirectory(dir="/var/tmp") as name:
        folder = Path(name)
        with SqliteJournal(folder / "journal.db") as journal, SqliteReadingStore(folder / "readings.db") as store:
            sealer = Sealer(journal, store)
            begin, cpu = written(), time.process_time()
            for number, (now, readings, tally) in enumerate(plant_commits(WRITE_HOURS * 3600)):
                head = journal.append(readings, tally)
                if number % 20 == 19:
                    journal.advance("alerts", head)
                if number % 600 == 599:
                    journal.purge(now)
                if number % 6000 == 5999:
                    sealer.run_once(now)
        spent = time.process_time() - cpu
        rows = WRITE_HOURS * 3600 * 250
        return {
            "gb_a_day_500_points_2s": (written() - begin) / WRITE_HOURS * 24 / 1e9,
            "plant_cpu_us_a_reading_all_in": spent / rows * 1e6,
            "plant_bytes_a_reading_stored": (folder / "readings.db").stat().st_size / rows,
            "journal_file_mb": (folder / "journal.db").stat().st_size / 1e6,
        }


def append_cost() -> dict[str, float]:
    """CPU of an append of 25,000 rows, folding included."""
    series = [Series("batik", f"device-{n // 5}", f"m{n % 5}", "mg/L", "outlet") for n in range(500)]
    costs = []
    with tempfile.TemporaryDirectory(dir="/var/tmp") as folder, SqliteJournal(Path(folder) / "j.db") as journal:
        for batch in range(2 * ROUNDS):
            at = START + batch * 100_000
            rows = [Reading(series[n % 500], at + n * 4, 7 + n % 90 / 100, received_at=at) for n in range(25_000)]
            begin = time.process_time()
            journal.append(rows, Tally(receipts=list(range(5_000))))
            costs.append((time.process_time() - begin) / 25_000 * 1e6)
    return {"append_us_a_reading": statistics.median(costs)}


def history_cost() -> dict[str, float]:
    """Thirty days of 75 series at 5 minutes, as the demo makes them."""
    series = [Series("batik", f"device-{n // 5}", f"m{n % 5}", "mg/L", "outlet") for n in range(75)]
    rows = [Reading(s, START + n * 300_000, round(7 + n % 97 / 100, 2)) for s in series for n in range(8640)]
    with tempfile.TemporaryDirectory(dir="/var/tmp") as folder, SqliteReadingStore(Path(folder) / "r.db") as store:
        return {"history_648000_readings_s": wall(lambda: store.write(rows))}


def _month(series: Series) -> Iterator[list[Reading]]:
    chance = random.Random(7)
    for day in range(30):
        begin = START + day * DAY
        yield [Reading(series, begin + n * 2000, round(7 + chance.gauss(0, 0.05), 2)) for n in range(43_200)]


def _fleet() -> list[Reading]:
    chance = random.Random(9)
    return [
        Reading(Series("batik", f"d{n}", "cod", "mg/L", "outlet"), START + r * 10_000, round(chance.gauss(90, 9), 1))
        for r in range(20)
        for n in range(10_000)
    ]


class _Nowhere:
    """Takes dead letters and counts them: there must be none."""

    count = 0

    def add(self, letters: Iterable[DeadLetter]) -> None:
        self.count += len(list(letters))


def beside_influxdb() -> dict[str, float]:
    """The same readings in both; each question asked in turn, medians of the rounds."""
    with tempfile.TemporaryDirectory(dir="/var/tmp") as name:
        folder = Path(name)
        server = InfluxDB(folder / "influxdb")
        server.start()
        try:
            with InfluxShim(server.url).running() as shim:
                return _compare(folder, server, shim) | _forward(folder, shim)
        finally:
            server.stop()


def _compare(folder: Path, server: InfluxDB, shim: InfluxShim) -> dict[str, float]:
    """A month of one series and the newest of ten thousand, asked of both."""
    chunks = SqliteReadingStore(folder / "readings.db")
    influx = InfluxReadingStore(InfluxConfig(url=shim.url, bucket="bench", timeout=60))
    for batch in [*_month(PH), _fleet()]:
        chunks.write(batch)
        influx.write(batch)
    result = _asked_in_turn(_questions(chunks, server))
    result["latest_times_faster"] = result["latest_10000_influxdb_ms"] / result["latest_10000_sqlite_ms"]
    result["month_times_faster"] = result["month_500_buckets_influxdb_ms"] / result["month_500_buckets_sqlite_ms"]
    chunks.close()
    influx.close()
    return result


def _questions(chunks: SqliteReadingStore, server: InfluxDB) -> dict[str, Callable[[], object]]:
    """What is asked, by the name of its figure."""
    width, stop = 30 * DAY // 500, START + 30 * DAY
    where = f"device = 'ipal-outlet' AND time >= {START}ms AND time < {stop}ms GROUP BY time({width}ms)"
    month = f"SELECT min(value), mean(value), max(value), count(value) FROM ph WHERE {where}"
    newest = "SELECT last(value), quality FROM cod GROUP BY *"
    return {
        "latest_10000_sqlite_ms": lambda: chunks.latest(Selection(metric="cod")),
        "latest_10000_influxdb_ms": lambda: _bare_answer(server, newest),
        "month_500_buckets_sqlite_ms": lambda: chunks.buckets("ipal-outlet", "ph", START, stop, width),
        "month_500_buckets_influxdb_ms": lambda: _bare_answer(server, month),
        "month_360_whole_hours_sqlite_ms": lambda: chunks.buckets("ipal-outlet", "ph", START, stop, 2 * HOUR),
    }


def _bare_answer(server: InfluxDB, statement: str) -> list[object]:
    """What the server says, parsed."""
    asked = {"db": "bench", "epoch": "ms"}
    answer = httpx.post(f"{server.url}/query", params=asked, data={"q": statement}, timeout=60)
    found: list[object] = json.loads(answer.content)["results"][0]["series"]
    return found


def _asked_in_turn(questions: dict[str, Callable[[], object]]) -> dict[str, float]:
    """Milliseconds of each, the median of the rounds after one that is not timed."""
    taken: dict[str, list[float]] = {name: [] for name in questions}
    for question in questions.values():
        question()
    for _ in range(ROUNDS):
        for name, question in questions.items():
            taken[name].append(wall(question) * 1e3)
    return {name: statistics.median(times) for name, times in taken.items()}


def _forward(folder: Path, shim: InfluxShim) -> dict[str, float]:
    """CPU of the thread that carries 50,000 readings to the server in each round (the shim runs in another)."""
    nowhere = _Nowhere()
    costs = []
    with SqliteJournal(folder / "forward.db") as journal:
        influx = InfluxReadingStore(InfluxConfig(url=shim.url, bucket="forward", timeout=60))
        forwarder = Forwarder(journal, influx, nowhere)  # type: ignore[arg-type]
        for _ in range(ROUNDS):
            for _, readings, tally in plant_commits(200):
                journal.append(readings, tally)
            journal.fold()
            begin = time.thread_time()
            forwarded = forwarder.run_once(START).forwarded
            costs.append((time.thread_time() - begin) / forwarded * 1e6)
        influx.close()
    assert nowhere.count == 0
    return {"forward_us_for_5_readings": 5 * statistics.median(costs)}


def measure() -> dict[str, float]:
    """Every figure of this page."""
    return bytes_a_reading() | append_cost() | history_cost() | disk_writes() | beside_influxdb()


if __name__ == "__main__":
    print(json.dumps(measure(), indent=2))
