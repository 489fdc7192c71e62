"""Measurements with real servers: `make bench`. Ratios within one interleaved run; nothing here is a timed test."""
