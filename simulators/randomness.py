"""Randomness that depends on the seed, the name and the simulated time only, never on what was asked before."""

from __future__ import annotations

import hashlib
from random import Random

import numpy as np
from numpy.typing import NDArray

Times = NDArray[np.int64]
Values = NDArray[np.float64]

_GOLDEN = np.uint64(0x9E3779B97F4A7C15)
_MIX_1 = np.uint64(0xBF58476D1CE4E5B9)
_MIX_2 = np.uint64(0x94D049BB133111EB)
_LOW = np.uint64(0xFFFF)
_MEAN = 2 * 65_535.0  # of a sum of four 16-bit numbers
_DEVIATION = 37_837.2  # of the same sum: 65,536 / sqrt(12) * sqrt(4)


def stream(seed: int, name: str, day: int) -> Random:
    """The random numbers of one thing on one day."""
    return Random(f"{seed}/{name}/{day}")


def key(seed: int, name: str) -> int:
    """64 bits that name one source of noise."""
    return int.from_bytes(hashlib.blake2b(f"{seed}/{name}".encode(), digest_size=8).digest(), "little")


def noise(noise_key: int, times: Times) -> Values:
    """Noise of mean 0 and deviation 1, bounded by 3.5, a pure function of key and time.

    splitmix64 of the time; its four 16-bit parts summed are near enough to a normal distribution, and
    the whole is integer arithmetic, so that it is the same on every machine.
    """
    bits = times.astype(np.uint64) * _GOLDEN + np.uint64(noise_key)
    bits = (bits ^ (bits >> np.uint64(30))) * _MIX_1
    bits = (bits ^ (bits >> np.uint64(27))) * _MIX_2
    bits ^= bits >> np.uint64(31)
    total = bits & _LOW
    for shift in (16, 32, 48):
        total = total + ((bits >> np.uint64(shift)) & _LOW)
    return (total.astype(np.float64) - _MEAN) / _DEVIATION
