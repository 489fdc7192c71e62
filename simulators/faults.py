"""Every fault by name. Adding one is one small class in a `faults_*` module and its line here."""

from __future__ import annotations

from typing import Final

from simulators.fault import Fault
from simulators.faults_clock import ClockLocal, ClockSkew
from simulators.faults_instruments import CounterReset, FlappingRun, OutOfRange, PhDrift, Spike, Stuck
from simulators.faults_line import (
    Dropout,
    Duplicate,
    GatewayDown,
    LateBatch,
    Malformed,
    OutOfOrder,
    RebootLoop,
    RetainedReplay,
)
from simulators.faults_water import DosingPumpOff, DyeDump, Flood

_ALL: Final[tuple[type[Fault], ...]] = (
    DyeDump, DosingPumpOff, Flood,
    PhDrift, Stuck, Spike, OutOfRange, CounterReset, FlappingRun,
    ClockSkew, ClockLocal,
    Dropout, GatewayDown, Duplicate, LateBatch, OutOfOrder, RetainedReplay, Malformed, RebootLoop,
)  # fmt: skip

FAULTS: Final[dict[str, type[Fault]]] = {fault.name: fault for fault in _ALL}
