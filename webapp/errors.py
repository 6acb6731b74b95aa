"""Refusals and failures as answers: a page that says what to do, JSON for the API, a notice for a part of a page.

Only here do errors of engine and ledger become HTTP: NotAllowed 403, Missing 404, Stale 409, Invalid and
AnswersInvalid 422. A view that can show the error beside its field catches it before it comes here.
"""

from __future__ import annotations

import traceback
from collections.abc import Mapping
from dataclasses import dataclass
from urllib.parse import quote

import structlog
from flask import Flask, Response, current_app, jsonify, make_response, render_template, request
from flask_babel import gettext
from flask_wtf.csrf import CSRFError
from jinja2 import pass_context
from jinja2.runtime import Context
from sqlalchemy.exc import OperationalError
from werkzeug.exceptions import HTTPException, RequestEntityTooLarge, SecurityError

from engine.api import ChangeRefused, DefinitionError, StepFailed
from kernel.database import is_passing
from kernel.errors import AnswersInvalid, Invalid, KeyturnError, Missing, NotAllowed, Stale
from webapp.formatting import file_size
from webapp.language import N_
from webapp.request_log import request_id
from webapp.wording import state_name, word

log = structlog.get_logger("keyturn.web")
_DONE_AGAIN_AT_MOST = 3


@dataclass(frozen=True)
class Explanation:
    """Title, what to do and icon of an error page; the texts are message ids."""

    title: str
    advice: str
    icon: str


EXPLANATIONS = {
    400: Explanation(
        N_("That request could not be read"),
        N_("Go back, load the page again and repeat what you did."),
        "alert-circle",
    ),
    401: Explanation(N_("Please sign in"), N_("Sign in and open this page again."), "login"),
    403: Explanation(
        N_("You may not do this"),
        N_("If you need it, ask an administrator and give the number below."),
        "lock",
    ),
    404: Explanation(
        N_("Nothing is here"),
        N_("The page does not exist, or it lies outside what you may see. Check the address or use the search."),
        "search",
    ),
    405: Explanation(
        N_("That request could not be read"),
        N_("Go back, load the page again and repeat what you did."),
        "alert-circle",
    ),
    409: Explanation(
        N_("Somebody else was quicker"),
        N_("What you wanted to change has changed meanwhile. Open it again, look, and decide anew."),
        "arrows-exchange",
    ),
    413: Explanation(
        N_("That is too large"),
        N_("At most %(limit)s can be sent at once. Nothing was saved. Send a smaller file or split it."),
        "file-upload",
    ),
    422: Explanation(
        N_("Some entries need correcting"),
        N_("Nothing was saved. Go back, correct what is named above and send it again."),
        "edit",
    ),
    429: Explanation(
        N_("Too many attempts"),
        N_("Wait a few minutes, then try again. If this is not you, tell an administrator."),
        "clock-pause",
    ),
    500: Explanation(
        N_("Something went wrong here"),
        N_(
            "Nothing was saved, and the fault has been noted. Try again; "
            "if it happens again, tell an administrator the number below."
        ),
        "tools",
    ),
    503: Explanation(
        N_("Please try again in a moment"),
        N_("The database does not answer at present. Nothing was saved. Try again in a minute."),
        "database",
    ),
}
_BY_CLASS = (
    (StepFailed, 500),
    (NotAllowed, 403),
    (Missing, 404),
    (Stale, 409),
    (AnswersInvalid, 422),
    (Invalid, 422),
)
_RETARGET = {"HX-Retarget": "#kt-notices", "HX-Reswap": "innerHTML show:window:top"}


def status_of(error: KeyturnError) -> int:
    """The HTTP status a refusal becomes."""
    return next((status for kind, status in _BY_CLASS if isinstance(error, kind)), 422)


def worded_errors(error: AnswersInvalid) -> dict[str, list[str]]:
    """The sentences of a refused form by field name."""
    return {
        name: [word(code, params, field=name) for code, params in problems]
        for name, problems in error.errors.items()
    }


def explain(
    status: int, detail: str = "", *, code: str = "", fields: dict[str, list[str]] | None = None
) -> Response:
    """The answer for a status in the form the asker understands."""
    explanation = EXPLANATIONS.get(status, EXPLANATIONS[500 if status >= 500 else 400])
    advice = gettext(explanation.advice, limit=file_size(current_app.extensions["keyturn.settings"].max_upload))
    title = gettext(explanation.title)
    if request.path.startswith("/api/"):
        return _problem(status, title, detail or advice, code, fields or {})
    values = {
        "status": status,
        "title": title,
        "detail": detail,
        "advice": advice,
        "icon_name": explanation.icon,
        "fields": fields or {},
    }
    if request.headers.get("HX-Request"):
        answer = make_response(render_template("errors/notice.html", **values), status)
        answer.headers.extend(_RETARGET)
        answer.headers["KT-Error"] = quote(detail or f"{title}. {advice}")
        return answer
    return make_response(render_template("errors/page.html", **values), status)


def _worded_findings(error: DefinitionError | ChangeRefused) -> dict[str, list[str]]:
    """The findings of a refused deployment or change by file or element, each with its line."""
    found: dict[str, list[str]] = {}
    for finding in error.findings:
        place = ":".join(str(part) for part in (finding.line, finding.element_id) if part)
        text = f"{place} {word(finding.code, finding.params)}".strip()
        found.setdefault(finding.resource or finding.element_id or "?", []).append(text)
    return found


def _problem(status: int, title: str, detail: str, code: str, fields: dict[str, list[str]]) -> Response:
    """The answer of the API, in the form of RFC 9457."""
    body = {"type": "about:blank", "title": title, "status": status, "detail": detail}
    body |= {"code": code or f"http_{status}", "fields": fields, "request_id": request_id()}
    answer = make_response(jsonify(body), status)
    answer.mimetype = "application/problem+json"
    return answer


def _refused(error: KeyturnError) -> Response:
    status = status_of(error)
    log.info("refused", code=error.code, status=status, field=error.field)
    if isinstance(error, AnswersInvalid):
        return explain(status, word(error.code), code=error.code, fields=worded_errors(error))
    if isinstance(error, DefinitionError | ChangeRefused):
        return explain(status, word(error.code, error.params), code=error.code, fields=_worded_findings(error))
    is_generic = error.code == type(error).code and not error.field
    detail = "" if is_generic else word(error.code, error.params, field=error.field)
    fields = {error.field: [detail]} if error.field else None
    return explain(status, detail, code=error.code, fields=fields)


def _http(error: HTTPException) -> Response:
    if error.response is not None:
        return error.response  # type: ignore[return-value]
    code = error.code or 500
    if code < 400:
        return error.get_response()  # type: ignore[return-value]
    return explain(code)


def _strange_host(_error: SecurityError) -> Response:
    """No page can be drawn for a host that is not ours, since its addresses would lead there."""
    return Response("This host name is not served here.\n", 400, content_type="text/plain")


def _refuse_too_large() -> None:
    """Refuse a body by its announced length, before anything reads it."""
    limit = current_app.config["MAX_CONTENT_LENGTH"]
    if request.content_length is not None and request.content_length > limit:
        raise RequestEntityTooLarge


def _forged(_error: CSRFError) -> Response:
    detail = gettext("This page has been open too long or was opened before you signed in.")
    return explain(400, detail, code="csrf")


def _database_away(error: OperationalError) -> Response:
    done = _done_again(error)
    if done is not None:
        return done
    log.error("database unavailable", kind=type(error.orig).__name__)
    return explain(503, code="database_unavailable")


def _done_again(error: OperationalError) -> Response | None:
    """The answer of whoever only met others at this moment, by doing all of it again; None when that is no use.

    Nothing of the act remains, since it was rolled back whole. An uploaded file has been read, and is read once.
    """
    for _ in range(_DONE_AGAIN_AT_MOST):
        if not is_passing(error) or request.files:
            return None
        log.info("met others, doing it again")
        try:
            return current_app.make_response(current_app.dispatch_request())
        except OperationalError as again:
            error = again
        except Exception as refusal:
            return current_app.make_response(current_app.handle_user_exception(refusal))
    return None


def _failed(error: Exception) -> Response:
    log.error("failed", kind=type(error).__name__, trace=_frames(error))
    return explain(500, code="internal_error")


def _frames(error: BaseException) -> list[str]:
    """Where it happened, without the message: messages may quote somebody's data."""
    frames = traceback.extract_tb(error.__traceback__)
    return [f"{frame.filename}:{frame.lineno} {frame.name}" for frame in frames]


def install(app: Flask) -> None:
    """Answer refusals and failures of every view."""
    app.before_request(_refuse_too_large)
    app.register_error_handler(KeyturnError, _refused)
    app.register_error_handler(CSRFError, _forged)
    app.register_error_handler(SecurityError, _strange_host)
    app.register_error_handler(HTTPException, _http)
    app.register_error_handler(OperationalError, _database_away)
    if not app.config.get("PROPAGATE_EXCEPTIONS"):
        app.register_error_handler(Exception, _failed)
    app.jinja_env.filters.update(worded=_worded, state_name=_state_name)


@pass_context
def _worded(
    _context: Context, code: str, params: Mapping[str, object] | None = None, *, field: str | None = None
) -> str:
    """The sentence for a code, for templates.

    It asks for the context so that Jinja does not work a constant out once, in the language of the first reader.
    """
    return word(code, params, field=field)


@pass_context
def _state_name(_context: Context, code: str) -> str:
    """The name of a state, for templates; asks for the context as `_worded` does."""
    return state_name(code)
