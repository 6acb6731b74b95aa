"""Who asks: a bearer token of a member of staff, and how often it may ask."""

from __future__ import annotations

from flask import Response, current_app, request

from ledger.staff.permissions import Permission
from ledger.staff.queries import actor_for
from ledger.staff.tokens import account_of_token
from webapp.current import set_actor
from webapp.errors import explain
from webapp.pace import Pace
from webapp.security import database


def admit() -> Response | None:
    """Put the token's owner into the request, or answer why not."""
    scheme, _, secret = request.headers.get("Authorization", "").partition(" ")
    if scheme.lower() != "bearer" or not secret.strip():
        return _refused("token_missing")
    house = database()
    with house.reading() as session:
        # The account is held here, so that whoever asks the session for it need not ask the database.
        account = account_of_token(session, house.clock, secret.strip())
        if account is None or account.must_change_password:
            return _refused("token_invalid")
        actor = actor_for(session, account.id, house.clock)
    pace: Pace = current_app.extensions["keyturn.pace"]
    if not pace.allows(actor.id, house.clock.now()):
        answer = explain(429, code="too_many_requests")
        answer.headers["Retry-After"] = "60"
        return answer
    set_actor(actor, language=None if request.headers.get("Accept-Language") else account.language)
    if not actor.may_anywhere(Permission.API_USE):
        return explain(403, code="permission_missing")
    return None


def _refused(code: str) -> Response:
    answer = explain(401, code=code)
    answer.headers["WWW-Authenticate"] = 'Bearer realm="Keyturn"'
    return answer
