"""One decorator per endpoint: it reads the request by schema, opens the transaction, dumps the answer, and
describes the endpoint for OpenAPI.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

from flask import Blueprint, Response, jsonify, make_response, request
from marshmallow import Schema, ValidationError
from sqlalchemy.orm import Session
from werkzeug.exceptions import BadRequest

from engine.api import Engine
from kernel.actor import Actor
from kernel.clock import Clock
from kernel.errors import AnswersInvalid, Invalid
from webapp import acting
from webapp.api import auth
from webapp.api.idempotency import Kept, replay
from webapp.engine_room import engine_for

pages = Blueprint("api", __name__, url_prefix="/api/v1")
pages.before_request(auth.admit)


@dataclass(frozen=True)
class Asked:
    """What an endpoint works with: the transaction, who asks, the clock, and what was sent."""

    session: Session
    actor: Actor
    clock: Clock
    query: dict[str, Any]
    body: dict[str, Any]

    @property
    def engine(self) -> Engine:
        """The engine for who asks."""
        return engine_for(self.session, self.actor, self.clock)


@dataclass(frozen=True)
class Endpoint:
    """An endpoint as it is described."""

    method: str
    path: str
    summary: str
    tag: str
    query: type[Schema] | None
    body: type[Schema] | None
    returns: type[Schema] | None
    status: int
    media: str = "application/json"
    name: str = field(default="")


ENDPOINTS: list[Endpoint] = []
Work = Callable[..., Any]


def endpoint(
    method: str,
    path: str,
    *,
    tag: str,
    query: type[Schema] | None = None,
    body: type[Schema] | None = None,
    returns: type[Schema] | None = None,
    status: int = 200,
    media: str = "application/json",
    acts: bool | None = None,
) -> Callable[[Work], Work]:
    """Register ``work(asked, **path arguments)``; what is not GET acts in one unit of work unless told otherwise.

    A POST with an ``Idempotency-Key`` header acts once: the same key again gets the first answer again.
    """

    def register(work: Work) -> Work:
        summary = (work.__doc__ or "").strip().partition("\n")[0]
        ENDPOINTS.append(Endpoint(method, path, summary, tag, query, body, returns, status, media, work.__name__))
        writes = method != "GET" if acts is None else acts

        def view(**arguments: str) -> Response:
            sent = _read(query, body)
            if not writes:
                with acting.reading() as (session, actor):
                    return _answer(work(Asked(session, actor, acting.clock(), *sent), **arguments))
            with acting.acting() as (session, actor):
                asked = Asked(session, actor, acting.clock(), *sent)
                return replay(asked.session, actor, asked.clock, lambda: _kept(_answer(work(asked, **arguments))))

        def _answer(result: Any) -> Response:
            if isinstance(result, Response):
                return result
            dumped = returns().dump(result) if returns is not None and result is not None else {}
            return make_response(jsonify(dumped), status)

        pages.add_url_rule(_rule(path), f"{tag}_{work.__name__}", view, methods=[method])
        return work

    return register


def _rule(path: str) -> str:
    return path.replace("{", "<").replace("}", ">")


def _kept(answer: Response) -> Kept:
    return Kept(answer.status_code, answer.get_data(as_text=True), answer.mimetype)


def _read(query: type[Schema] | None, body: type[Schema] | None) -> tuple[dict[str, Any], dict[str, Any]]:
    """The query and the body by their schemas; raises `AnswersInvalid` by field, `Invalid` when it is no JSON."""
    asked = _loaded(query, request.args.to_dict()) if query else {}
    if body is None:
        return asked, {}
    try:
        content = request.get_json()
    except BadRequest as problem:
        raise Invalid("body_not_json") from problem
    if not isinstance(content, dict):
        raise Invalid("body_not_json")
    return asked, _loaded(body, content)


def _loaded(schema: type[Schema], values: dict[str, Any]) -> dict[str, Any]:
    try:
        loaded: dict[str, Any] = schema().load(values)
    except ValidationError as problem:
        raise AnswersInvalid(_problems(problem.messages)) from problem
    return loaded


def _problems(messages: Any, prefix: str = "") -> dict[str, list[tuple[str, dict[str, object]]]]:
    found: dict[str, list[tuple[str, dict[str, object]]]] = {}
    for name, told in messages.items():
        where = f"{prefix}{name}"
        if isinstance(told, dict):
            found.update(_problems(told, f"{where}."))
        else:
            found[where] = [("api_value_invalid", {"detail": text}) for text in told]
    return found
