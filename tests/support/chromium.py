"""Debian's Chromium, as every test starts it: no sandbox within a container, and nothing asked of the internet."""

from __future__ import annotations

from typing import Final

CHROMIUM: Final = "/usr/bin/chromium"
FLAGS: Final = (
    "--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run", "--disable-background-networking",
    "--disable-component-update", "--disable-sync",
)  # fmt: skip
