"""Real payloads, broken in every way at random, through every profile: nothing may raise, hang or be invented.

Run `make fuzz` (ten minutes) or `make fuzz ARGS="--seconds 60 --seed 7"`. Each message that breaks a rule is written
to `build/fuzz/` and named; the exit code is 1 when there is one. `support.device_cases.broken_rule` says what must
hold.
"""

from __future__ import annotations

import argparse
import json
import logging
import random
import sys
import time
from collections import Counter
from pathlib import Path
from typing import Any

import structlog

from domain.message import Message
from support.device_cases import Sample, broken_rule, interpreters, message, samples

SLOW_MS = 500.0  # CPU time of one message; the largest takes a few ms
FOUND = Path("build/fuzz")
_LEAVES: tuple[Any, ...] = (
    *(None, True, False, 0, -1, 1e308, -1e308, 2**53 + 1, 2**64, 10**400, 0.1, -9999, 65535, 7.21, 1750000000),
    *("", " ", "7,21", "7.21 mg/L", "1e999", "NaN", "null", "RUN", "0x80310000", "\x00", "\ud800", "٣", "9" * 400),
    *(
        [],
        {},
        [[]],
        [None] * 20,
        {"value": {"value": 1}},
        {"a": {"b": {"c": 1}}},
        "2025-06-15 22:06:40",
        "@key",
        "[*]",
    ),
)


class Breaker:
    """Breaks messages, always in the same way for the same seed."""

    def __init__(self, corpus: list[Sample], seed: int) -> None:
        self._random = random.Random(seed)
        self._corpus = corpus

    def next(self) -> tuple[str, Message]:
        """A profile, and a message for one of its devices."""
        profile, topic, payload = self._random.choice(self._corpus)
        for _ in range(self._random.choice((1, 1, 1, 2, 4))):
            payload = self._broken(payload)
        if self._random.random() < 0.05:
            topic = self._other_topic(topic)
        return profile, message(topic, payload, retained=self._random.random() < 0.1)

    def _broken(self, payload: bytes) -> bytes:
        if payload[:1] in (b"{", b"[") and self._random.random() < 0.6:
            try:
                document = json.loads(payload)
            except (ValueError, RecursionError):
                return self._broken_bytes(payload)
            return self._written(self._broken_document(document))
        return self._broken_bytes(payload)

    def _written(self, document: Any) -> bytes:
        return json.dumps(document, ensure_ascii=self._random.random() < 0.5).encode("utf-8", "surrogatepass")

    def _broken_document(self, node: Any) -> Any:
        """One place in it replaced, removed, doubled or wrapped."""
        if isinstance(node, dict | list) and node and self._random.random() < 0.8:
            keys = list(node) if isinstance(node, dict) else range(len(node))
            key = self._random.choice(keys)
            if self._random.random() < 0.1:
                del node[key]
            elif self._random.random() < 0.05 and isinstance(node, list):
                node.extend(node * self._random.choice((1, 10)))
            else:
                node[key] = self._broken_document(node[key])
            return node
        return self._random.choice((self._random.choice(_LEAVES), [node], {"value": node}, str(node)))

    def _broken_bytes(self, payload: bytes) -> bytes:
        start = self._random.randrange(len(payload) + 1)
        stop = min(len(payload), start + self._random.choice((0, 1, 1, 2, 8, 64)))
        inside = self._random.choice(
            (
                b"",
                self._random.randbytes(self._random.choice((1, 2, 8, 64))),
                payload[start:stop] * self._random.choice((2, 3, 50)),
                self._random.choice(
                    (b"\x00", b"\xff", b'"', b"{", b"[", b"}", b",", b"e", b"-", b"9" * 400, b"\n", b"=")
                ),
                self._random.choice(self._corpus)[2][start:stop],
            )
        )
        broken = payload[:start] + inside + payload[stop:]
        return broken[: self._random.randrange(len(broken) + 1)] if self._random.random() < 0.1 else broken

    def _other_topic(self, topic: str) -> str:
        levels = topic.split("/")
        levels[self._random.randrange(len(levels))] = self._random.choice(("", "x", "$SYS", "\x00", "é" * 40, "a/b"))
        return "/".join(levels)


def fuzz(seconds: float, seed: int) -> tuple[Counter[str], list[str]]:
    """What the messages became, by word, and the rules that were broken."""
    corpus, readers = samples(), interpreters()
    breaker, became, findings = Breaker(corpus, seed), Counter[str](), list[str]()
    until = time.monotonic() + seconds
    while time.monotonic() < until:
        profile, sent = breaker.next()
        started = time.process_time_ns()
        outcome = readers[profile].interpret(sent)
        took = (time.process_time_ns() - started) / 1e6
        became["messages"] += 1
        became["slowest_us"] = max(became["slowest_us"], round(took * 1000))
        became["with readings" if outcome.readings else "stale" if outcome.stale else "refused"] += 1
        became.update(f"reason {reason}" for reason in {str(r.reason) for r in outcome.rejections})
        wrong = broken_rule(outcome) or (f"it took {took:.0f} ms" if took > SLOW_MS else None)
        if wrong:
            findings.append(_keep(wrong, profile, sent, len(findings)))
    return became, findings


def _keep(wrong: str, profile: str, sent: Message, number: int) -> str:
    FOUND.mkdir(parents=True, exist_ok=True)
    file = FOUND / f"{number:04d}.payload"
    file.write_bytes(sent.payload)
    return f"{wrong}: profile {profile}, topic {sent.topic!r}, payload in {file}"


def main() -> int:
    """Fuzz, and say what was found."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--seconds", type=float, default=600)
    parser.add_argument("--seed", type=int, default=1)
    given = parser.parse_args()
    structlog.configure(wrapper_class=structlog.make_filtering_bound_logger(logging.CRITICAL))
    became, findings = fuzz(given.seconds, given.seed)
    for word, count in sorted(became.items(), key=lambda pair: -pair[1]):
        print(f"{count:>10,} {word}")
    print(f"{len(findings)} rules broken in {given.seconds:g} s with seed {given.seed}")
    for finding in findings[:50]:
        print(finding)
    return 1 if findings else 0


if __name__ == "__main__":
    sys.exit(main())
