"""Where the tokens of a stored instance stand, without acting."""

from __future__ import annotations

from typing import Any

from engine.expressions import Expressions
from engine.host import Host
from engine.running.services import StepServices
from engine.spiff.build import Bundle
from engine.spiff.case import Case
from engine.spiff.codec import load
from engine.spiff.token import Token
from engine.tables.columns import AnyRow


class ResumedCase:
    """A case read for looking only; nothing is evaluated or run."""

    def __init__(self, host: Host, bundle: Bundle, row: AnyRow) -> None:
        self._case: Case | None = None
        if row.state in ("active", "suspended"):
            services = _Looking(host)
            self._case = load(bundle, row.tokens, row.tokens_format, dict(row.variables), services)

    def active(self) -> list[str]:
        """The elements at which tokens stand."""
        return self._case.active() if self._case is not None else []

    def data_at(self, token: int) -> dict[str, Any] | None:
        """What a token sees: its called process's data over the rest; None when it stands nowhere any more."""
        if self._case is None or not self._case.has(token):
            return None
        return dict(self._case.token(token).data)

    def places(self, token: int) -> list[str]:
        """The element at which a token stands and the activities around it; none when it has moved on."""
        found: list[str] = []
        if self._case is None or not self._case.has(token):
            return found
        at: Token | None = self._case.token(token)
        while at is not None:
            found.append(at.task_spec.node.id)
            at = self._case.host_of(at.workflow)
        return found

    def flows(self) -> list[str]:
        """The flows by which those tokens came."""
        return self._case.flows() if self._case is not None else []


class _Looking(StepServices):
    def __init__(self, host: Host) -> None:
        self.host = host
        self.expressions = Expressions(host.clock, host.calendar)
