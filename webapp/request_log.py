"""One line of log per request, with its id and who acted, never with anybody's data.

The request id comes from a trusted proxy's X-Request-ID or is made here; error pages show it, audit rows keep it.
"""

from __future__ import annotations

import contextlib
import logging
import re
import sys
import time
from collections.abc import Mapping, MutableMapping
from typing import Any, TextIO, cast

import structlog
from flask import Flask, Response, g, request

from kernel.ids import new_id
from webapp.current import current_actor
from webapp.metrics import Metrics

PERSONAL = frozenset(
    {
        "account_no", "address", "answers", "bank_account", "birthday", "body", "buyer", "customer_name", "email",
        "id_no", "id_number", "name", "names", "password", "payer", "phone", "text", "token",
    }
)  # fmt: skip
_PLACES = {"instance_id": "instance", "task_id": "task", "key": "process"}
_REQUEST_ID = re.compile(r"[A-Za-z0-9._-]{8,36}")

log = structlog.get_logger("keyturn.web")


def withhold_personal(_logger: object, _method: str, event: MutableMapping[str, Any]) -> MutableMapping[str, Any]:
    """Replace values whose key says that they are personal; a safety net under the callers' care."""
    for key in event.keys() & PERSONAL:
        event[key] = "[withheld]"
    return event


_ALWAYS: tuple[Any, ...] = (
    structlog.processors.add_log_level,
    structlog.processors.TimeStamper(fmt="iso", utc=True),
    withhold_personal,
    structlog.processors.StackInfoRenderer(),
    structlog.processors.format_exc_info,
)


class _Forgiving:
    """Loses what it cannot write: a full disk under the log must neither refuse an act nor end the job thread."""

    def __init__(self, stream: TextIO) -> None:
        self._stream = stream

    def write(self, text: str) -> int:
        """Write, or lose it."""
        with contextlib.suppress(OSError):
            self._stream.write(text)
        return len(text)

    def flush(self) -> None:
        """Flush, or lose it."""
        with contextlib.suppress(OSError):
            self._stream.flush()


def configure(level: str, *, as_json: bool) -> None:
    """Set structured logging for this process; JSON lines in service, readable ones while developing."""
    structlog.configure(
        processors=[structlog.contextvars.merge_contextvars, *_ALWAYS, _renderer(as_json)],
        wrapper_class=structlog.make_filtering_bound_logger(_least(level)),
        logger_factory=structlog.PrintLoggerFactory(cast(TextIO, _Forgiving(sys.stderr))),
        cache_logger_on_first_use=False,
    )


def configure_libraries(level: str, *, as_json: bool) -> None:
    """Let what libraries log come out in the same form; what they say about each wake-up is left out."""
    lines = logging.StreamHandler(sys.stderr)
    lines.setFormatter(
        structlog.stdlib.ProcessorFormatter(
            foreign_pre_chain=[
                structlog.contextvars.merge_contextvars,
                structlog.stdlib.add_logger_name,
                *_ALWAYS,
            ],
            processors=[structlog.stdlib.ProcessorFormatter.remove_processors_meta, _renderer(as_json)],
        )
    )
    root = logging.getLogger()
    root.handlers[:] = [lines]
    root.setLevel(_least(level))
    for chatty in ("celery.beat", "celery.worker.strategy", "celery.app.trace", "alembic"):
        logging.getLogger(chatty).setLevel(max(_least(level), logging.WARNING))


def _renderer(as_json: bool) -> Any:
    lines = structlog.processors.JSONRenderer(ensure_ascii=False)
    return lines if as_json else structlog.dev.ConsoleRenderer()


def _least(level: str) -> int:
    return logging.getLevelNamesMapping().get(level, logging.INFO)


def request_id() -> str:
    """The id of this request."""
    if "request_id" not in g:
        sent = request.headers.get("X-Request-ID", "")
        g.request_id = sent if _REQUEST_ID.fullmatch(sent) else new_id()
    value: str = g.request_id
    return value


def _begin() -> None:
    g.started = time.perf_counter()
    structlog.contextvars.clear_contextvars()
    structlog.contextvars.bind_contextvars(request_id=request_id())


def _places(asked: Mapping[str, Any]) -> dict[str, Any]:
    """The case, task or process that an address names."""
    return {told: asked[name] for name, told in _PLACES.items() if name in asked}


def install(app: Flask, metrics: Metrics) -> None:
    """Log and measure every request."""

    def end(answer: Response) -> Response:
        seconds = time.perf_counter() - g.get("started", time.perf_counter())
        endpoint = request.endpoint or "unknown"
        answer.headers["X-Request-ID"] = request_id()
        metrics.observe(endpoint, request.method, answer.status_code, seconds)
        if endpoint not in ("static", "health.healthz", "health.metrics"):
            actor = current_actor()
            log.info(
                "request",
                method=request.method,
                endpoint=endpoint,
                status=answer.status_code,
                ms=round(seconds * 1000, 1),
                actor=actor.id if actor else None,
                **_places(request.view_args or {}),
            )
        return answer

    app.before_request(_begin)
    app.after_request(end)
    app.add_template_global(request_id)
