"""Structured logs: one JSON object a line in production, readable lines on a laptop. Request and job ids ride along."""

import re
from typing import Any

import structlog

SHARED_PROCESSORS: list[Any] = [
    structlog.contextvars.merge_contextvars,
    structlog.stdlib.add_logger_name,
    structlog.stdlib.add_log_level,
    structlog.processors.TimeStamper(fmt="iso", utc=True),
    structlog.processors.StackInfoRenderer(),
]


# A one-time link opens an account to whoever reads it; the log keeps whose it was, not what opens it.
LINK_KEY = re.compile(r"(/password/reset/key/[0-9a-z]+-)[^\s/?&\"']+")


def without_link_keys(_logger: Any, _method: str, line: str) -> str:
    """The last processor: sees the whole line, whatever field or traceback an address stands in."""
    return LINK_KEY.sub(r"\1...", line)


def plain_console() -> structlog.dev.ConsoleRenderer:
    """Without local variables in tracebacks: they hold titles and file names."""
    return structlog.dev.ConsoleRenderer(colors=False, exception_formatter=structlog.dev.plain_traceback)


def logging_settings(*, as_json: bool, level: str) -> dict[str, Any]:
    """The value of Django's LOGGING. Also sets structlog up, so that our own loggers speak the same way."""
    structlog.configure(
        processors=[
            structlog.stdlib.filter_by_level,
            *SHARED_PROCESSORS,
            structlog.stdlib.ProcessorFormatter.wrap_for_formatter,
        ],
        logger_factory=structlog.stdlib.LoggerFactory(),
        cache_logger_on_first_use=True,
    )
    renderer = structlog.processors.JSONRenderer() if as_json else plain_console()
    final: list[Any] = [structlog.stdlib.ProcessorFormatter.remove_processors_meta]
    if as_json:
        final.append(structlog.processors.format_exc_info)
    return {
        "version": 1,
        "disable_existing_loggers": False,
        "formatters": {
            "structured": {
                "()": structlog.stdlib.ProcessorFormatter,
                "processors": [*final, renderer, without_link_keys],
                "foreign_pre_chain": SHARED_PROCESSORS,
            }
        },
        "handlers": {"console": {"class": "logging.StreamHandler", "formatter": "structured"}},
        "root": {"handlers": ["console"], "level": level},
        "loggers": {
            "django.request": {"level": "ERROR"},
            "django.channels.server": {"level": "WARNING"},
            # Thirty lines for each document that is printed.
            "fontTools": {"level": "WARNING"},
        },
    }
