"""Who asks: a bearer token of a member of staff, and how often it may ask."""

from __future__ import annotations

import time
from collections import defaultdict, deque
from threading import Lock

from flask import Response, request

from ledger.staff.permissions import Permission
from ledger.staff.queries import actor_for, get_account
from ledger.staff.tokens import staff_of_token
from webapp.current import set_actor
from webapp.errors import explain
from webapp.security import database

PER_MINUTE = 600


class Pace:
    """Counts requests of a token in the last minute, in this process."""

    def __init__(self, most: int = PER_MINUTE) -> None:
        self._most = most
        self._lock = Lock()
        self._times: dict[str, deque[float]] = defaultdict(deque)

    def allows(self, name: str, now: float) -> bool:
        """Note a request at ``now`` (seconds) and say whether it is one of those allowed."""
        with self._lock:
            times = self._times[name]
            while times and times[0] <= now - 60:
                times.popleft()
            if len(times) >= self._most:
                return False
            times.append(now)
            return True


pace = Pace()


def admit() -> Response | None:
    """Put the token's owner into the request, or answer why not."""
    scheme, _, secret = request.headers.get("Authorization", "").partition(" ")
    if scheme.lower() != "bearer" or not secret.strip():
        return _refused("token_missing")
    house = database()
    with house.reading() as session:
        staff_id = staff_of_token(session, house.clock, secret.strip())
        account = get_account(session, staff_id) if staff_id else None
        if staff_id is None or account is None or account.must_change_password:
            return _refused("token_invalid")
        actor = actor_for(session, staff_id, house.clock)
    if not pace.allows(staff_id, time.monotonic()):
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
