"""What was kept because a Sparkplug birth was missed, read again when the birth has come."""

from __future__ import annotations

import structlog

from collector.pipeline import Collector
from device_profiles.sparkplug_host import SparkplugHost
from domain.errors import PantauError
from domain.message import RejectReason
from domain.ports import Replayer

log = structlog.get_logger()

REASONS = (RejectReason.UNANNOUNCED, RejectReason.OUT_OF_SEQUENCE)


class Rebirths:
    """Replays the letters of devices that were born anew."""

    def __init__(self, host: SparkplugHost, collector: Collector, replayer: Replayer) -> None:
        self._host = host
        self._collector = collector
        self._replayer = replayer

    def replay(self) -> int:
        """All that can be read now; how many letters became readings.

        A birth counts only when its whole batch is durable, so that the letters before it in the batch are there.
        """
        seen = len(self._host.reborn)
        if not seen or self._collector.in_flight:
            return 0
        devices = {self._host.reborn.popleft() for _ in range(seen)}
        try:
            became = sum(self._replayer.replay(reason, device)[0] for device in devices for reason in REASONS)
        except PantauError:  # the database is away, or a profile is wrong at the moment
            self._host.reborn.extend(devices)
            raise
        if became:
            log.info("sparkplug_letters_read", devices=len(devices), letters=became)
        return became
