"""How log events look: readable on a terminal, JSON in a container."""

from __future__ import annotations

import logging
import sys

import structlog


def configure(log_format: str = "auto") -> None:
    """Send structlog's events, and warnings of libraries, to standard error."""
    pretty = log_format == "console" or (log_format == "auto" and sys.stderr.isatty())
    # Plain: the pretty traceback shows local variables, and a password may be one of them.
    renderer = (
        structlog.dev.ConsoleRenderer(exception_formatter=structlog.dev.plain_traceback)
        if pretty
        else structlog.processors.JSONRenderer()
    )
    structlog.configure(
        processors=[
            structlog.contextvars.merge_contextvars,
            structlog.processors.add_log_level,
            structlog.processors.TimeStamper(fmt="iso", utc=True),
            structlog.processors.format_exc_info if not pretty else structlog.processors.StackInfoRenderer(),
            renderer,
        ],
        wrapper_class=structlog.make_filtering_bound_logger(logging.INFO),
        logger_factory=lambda *_: structlog.PrintLogger(sys.stderr),
        cache_logger_on_first_use=False,  # standard error may be another file by then
    )
    logging.basicConfig(level=logging.WARNING, format="%(levelname)s %(name)s: %(message)s", stream=sys.stderr)
    # Scheduled jobs are counted and shown by us; paho's connection troubles are ours to word.
    logging.getLogger("apscheduler").setLevel(logging.CRITICAL)
