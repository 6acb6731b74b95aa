"""When a signing is decided: who must agree, how many have, and whether that can still be reached."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from engine.errors import Invalid

#: The answer of a form that is the decision; a form without it agrees by being completed.
DECISION = "decision"
AGREED, RETURNED, REJECTED = "approved", "returned", "rejected"
AGAINST = frozenset({RETURNED, REJECTED})
_TEXTS = ("opinion", "remark", "comment")


def decision_of(answers: Mapping[str, Any]) -> str:
    """What was decided."""
    return str(answers.get(DECISION) or AGREED)


def opinion_of(answers: Mapping[str, Any]) -> str | None:
    """What was said with it."""
    said = (answers.get(name) for name in _TEXTS)
    return next((text for text in said if isinstance(text, str) and text), None)


@dataclass(frozen=True)
class Rule:
    """``kind`` is all (会签), any (或签), count or percent (票签); ``number`` counts votes or per cent."""

    kind: str = "all"
    number: int = 0

    def votes_of(self, people: int) -> int:
        """How many of so many people must agree."""
        if self.kind == "any":
            return 1
        if self.kind == "count":
            return self.number
        return -(-people * self.number // 100) if self.kind == "percent" else people

    def require_fit(self, people: int) -> None:
        """Raise `Invalid` unless so many people can decide by it."""
        if self.kind not in ("all", "any", "count", "percent"):
            raise Invalid("vote_rule_unknown", field="rule")
        highest = {"count": people, "percent": 100}.get(self.kind)
        if highest is not None and not 1 <= self.number <= highest:
            raise Invalid("vote_number_out_of_range", field="number", lowest=1, highest=highest)


@dataclass(frozen=True)
class Tally:
    """How a signing stands: of ``people``, ``needed`` must agree."""

    people: int
    needed: int
    agreed: int = 0
    against: int = 0

    @property
    def left(self) -> int:
        """How many have not decided."""
        return self.people - self.agreed - self.against

    @property
    def verdict(self) -> bool | None:
        """True once enough agree, False once they no longer can, None while it is open."""
        if self.agreed >= self.needed:
            return True
        return False if self.agreed + self.left < self.needed else None
