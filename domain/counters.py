"""Counters that reconcile: in messages, received = written + dead_lettered + redelivered + in flight."""

from __future__ import annotations

from msgspec import Struct, field

UNKNOWN = "unknown"  # the device name under which unknown topics and devices are counted


class DeviceTally(Struct):
    """Messages (first four) and values (last two) of one device.

    `written`: messages with at least one reading in the journal. `rejected`: values refused.
    `dropped`: always 0 by design in the collector; kept so that a loss would have a place to show.
    """

    received: int = 0
    written: int = 0
    dead_lettered: int = 0
    redelivered: int = 0
    readings: int = 0
    rejected: int = 0
    dropped: int = 0


class Tally(Struct):
    """What one batch adds to the counters, committed with its readings.

    `receipts` are fingerprints of the messages, so that a redelivery after a kill is recognised.
    `reasons` counts refusals by `RejectReason`.
    """

    devices: dict[str, DeviceTally] = field(default_factory=dict)
    reasons: dict[str, int] = field(default_factory=dict)
    receipts: list[int] = field(default_factory=list)

    def of(self, device: str) -> DeviceTally:
        """The tally of a device, made on first use."""
        found = self.devices.get(device)
        if found is None:
            found = self.devices[device] = DeviceTally()
        return found


class Counters(Struct):
    """Totals since the installation began, per device and by refusal reason."""

    devices: dict[str, DeviceTally] = field(default_factory=dict)
    reasons: dict[str, int] = field(default_factory=dict)

    def total(self) -> DeviceTally:
        """The sum over all devices."""
        total = DeviceTally()
        for tally in self.devices.values():
            for name in DeviceTally.__struct_fields__:
                setattr(total, name, getattr(total, name) + getattr(tally, name))
        return total
