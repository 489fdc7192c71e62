"""What decoding and judging a message of each format costs: real payloads out of the case folders.

Run `PYTHONPATH=.:tests python -m bench.decode_payloads`. CPU time, median of interleaved rounds in one process.
"""

from __future__ import annotations

import statistics
import time
from collections.abc import Iterator

import msgspec

from bench.decode import HOUSE
from device_profiles.interpreter import Interpreter
from domain.message import Message
from support.device_cases import Sample, catalogue, interpreters, message, samples

ROUNDS = 5
MESSAGES = 1_000


class Figure(msgspec.Struct):
    """CPU microseconds of one message; `bare_us` of msgspec on house JSON in the same rounds."""

    label: str
    profile: str
    size: int
    readings: int
    message_us: float
    bare_us: float


def measure(rounds: int = ROUNDS, count: int = MESSAGES) -> list[Figure]:
    """One figure for each format, its richest payload."""
    known = interpreters()
    chosen = list(_chosen(known))
    spent: dict[str, list[float]] = {label: [] for label, _ in chosen}
    bare: list[float] = []
    decode = msgspec.json.Decoder().decode
    for _ in range(rounds):
        started = time.process_time_ns()
        for _ in range(count):
            decode(HOUSE)
        bare.append((time.process_time_ns() - started) / 1000 / count)
        for label, (profile, topic, payload) in chosen:
            spent[label].append(_cpu_us(known[profile], message(topic, payload), count))
    return [
        Figure(
            label,
            sample[0],
            len(sample[2]),
            len(known[sample[0]].interpret(message(sample[1], sample[2])).readings),
            statistics.median(spent[label]),
            statistics.median(bare),
        )
        for label, sample in chosen
    ]


def _cpu_us(interpreter: Interpreter, sent: Message, count: int) -> float:
    started = time.process_time_ns()
    for _ in range(count):
        interpreter.interpret(sent)
    return (time.process_time_ns() - started) / 1000 / count


def _chosen(known: dict[str, Interpreter]) -> Iterator[tuple[str, Sample]]:
    """The payload of each format that gives most readings; values with ids, and compressed ones, are told apart."""
    profiles = catalogue()
    best: dict[str, tuple[int, Sample]] = {}
    for sample in samples():
        profile, topic, payload = sample
        readings = len(known[profile].interpret(message(topic, payload)).readings)
        for spoken in profiles.get(profile).topics.values():
            if any(spoken.template.matcher(levels).fullmatch(topic) for levels in (1, 2, 3)):
                label = spoken.format + (" with ids" if spoken.items and spoken.format == "json" else "")
                label += f", {spoken.compression}" if spoken.compression != "none" else ""
                if readings > best.get(label, (0, sample))[0]:
                    best[label] = (readings, sample)
                break
    return ((label, sample) for label, (_, sample) in sorted(best.items()))


def main() -> None:
    """Print the table."""
    print("| format | profile | bytes | readings | µs | µs a reading | x bare msgspec of a house message |")
    print("| --- | --- | --: | --: | --: | --: | --: |")
    for one in measure():
        figures = (one.message_us, one.message_us / one.readings)
        shown = [f"{figure:.1f}" for figure in figures] + [f"{one.message_us / one.bare_us:.0f}"]
        print(f"| {one.label} | {one.profile} | {one.size} | {one.readings} | " + " | ".join(shown) + " |")


if __name__ == "__main__":
    main()
