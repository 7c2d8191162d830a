"""Where the log goes: to standard error, and for commands that only ask nowhere, unless CMDB_DEBUG is set."""

from __future__ import annotations

import logging
import sys

import structlog

from cmdb.cli.failures import debugging


def keep_quiet() -> None:
    """A command tells its failures itself; the log would say them twice, with a trace."""
    _log(logging.DEBUG if debugging() else logging.CRITICAL)


def log_to_standard_error(level: str) -> None:
    """A server logs, a line each, from a level such as `info`."""
    handler = logging.StreamHandler(sys.stderr)
    handler.setFormatter(logging.Formatter("%(asctime)s %(levelname)s %(message)s"))
    logging.basicConfig(level=level.upper(), handlers=[handler], force=True)
    _log(getattr(logging, level.upper()))


def _log(level: int) -> None:
    structlog.configure(
        wrapper_class=structlog.make_filtering_bound_logger(level),
        logger_factory=structlog.PrintLoggerFactory(sys.stderr),
    )
