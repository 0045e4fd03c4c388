"""Log lines: a sentence, an `action`, ids. For people or for machines; never a token, numbers only masked."""

import logging
import sys
from typing import Any

import structlog

LEVELS = {"debug": logging.DEBUG, "info": logging.INFO, "warning": logging.WARNING, "error": logging.ERROR}


def _for_people() -> structlog.dev.ConsoleRenderer:
    # The other tracebacks show what variables hold, tokens and numbers among them.
    return structlog.dev.ConsoleRenderer(colors=sys.stderr.isatty(), exception_formatter=structlog.dev.plain_traceback)


def configure(level: str, form: str) -> None:
    """Send all logs to standard error."""
    renderer: Any = structlog.processors.JSONRenderer() if form == "json" else _for_people()
    processors: list[Any] = [
        structlog.contextvars.merge_contextvars,
        structlog.processors.add_log_level,
        structlog.processors.TimeStamper(fmt="iso"),
    ]
    if form == "json":
        processors.append(structlog.processors.format_exc_info)
    structlog.configure(
        processors=[*processors, renderer],
        wrapper_class=structlog.make_filtering_bound_logger(LEVELS.get(level, logging.INFO)),
        logger_factory=structlog.PrintLoggerFactory(sys.stderr),
    )
    logging.basicConfig(level=max(LEVELS.get(level, logging.INFO), logging.WARNING), stream=sys.stderr)
