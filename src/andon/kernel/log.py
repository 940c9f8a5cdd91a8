"""Logs: one JSON object a line on standard error, with the request's id on every line that a request causes.

No bodies, no secrets, no buyers' data: what is logged is ids, codes, counts and durations.
"""

import logging
import sys
from typing import Any, TextIO

import orjson
import structlog
import structlog.tracebacks

_LEVELS = {
    "debug": logging.DEBUG,
    "info": logging.INFO,
    "warning": logging.WARNING,
    "error": logging.ERROR,
}

_TRACEBACK = structlog.tracebacks.ExceptionDictTransformer(show_locals=False)


def configure_log(level: str = "info", stream: TextIO | None = None) -> None:
    """Write logs of `level` and above as JSON lines; those of libraries from warnings up."""
    out = stream or sys.stderr
    shared: list[Any] = [
        structlog.contextvars.merge_contextvars,
        structlog.processors.add_log_level,
        structlog.processors.TimeStamper(fmt="iso", utc=True),
    ]
    last: list[Any] = [
        structlog.processors.ExceptionRenderer(_without_data),
        structlog.processors.JSONRenderer(serializer=_written),
    ]
    structlog.configure(
        processors=[*shared, *last],
        wrapper_class=structlog.make_filtering_bound_logger(_LEVELS[level]),
        logger_factory=structlog.PrintLoggerFactory(out),
        cache_logger_on_first_use=False,
    )
    handler = logging.StreamHandler(out)
    handler.setFormatter(
        structlog.stdlib.ProcessorFormatter(
            foreign_pre_chain=[*shared, structlog.stdlib.add_logger_name],
            processors=[structlog.stdlib.ProcessorFormatter.remove_processors_meta, *last],
        )
    )
    root = logging.getLogger()
    root.handlers[:] = [handler]
    root.setLevel(max(_LEVELS[level], logging.WARNING))


def _without_data(exc_info: Any) -> list[dict[str, Any]]:
    """A traceback as JSON: no variables, and of a message its first line, as what follows may quote a row."""
    told: list[dict[str, Any]] = _TRACEBACK(exc_info)
    for each in told:
        each["exc_value"] = str(each["exc_value"]).partition("\n")[0]
    return told


def _written(event: Any, **_options: Any) -> str:
    return orjson.dumps(event, default=str, option=orjson.OPT_NON_STR_KEYS).decode()
