"""Checks on stored readings: pure functions of (times, values, quality), with the names of QARTOD's tests."""
