"""What a kind of record must tell so that its changes can be reviewed before they take effect."""

from __future__ import annotations

import dataclasses
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Protocol

from sqlalchemy.orm import Session

from kernel.actor import SYSTEM, Actor
from kernel.clock import Clock
from ledger.staff.permissions import Permission

Values = Mapping[str, Any]


@dataclass(frozen=True)
class Place:
    """Where a record belongs: its node, and the customer whose personal data it holds, if any."""

    path: str
    customer_id: str | None = None


@dataclass(frozen=True)
class Order:
    """A change that is put into effect: whose it is, who let it, why, and what confirms a likeness."""

    session: Session
    proposer: Actor
    reviewer: Actor
    clock: Clock
    reason: str
    confirmed: bool


class Reviewable(Protocol):
    """A kind of record. Values are JSON by field; a field that does not stand in the record is None."""

    @property
    def kind(self) -> str:
        """The kind's name in data and addresses."""
        ...

    @property
    def review(self) -> Permission:
        """The right to accept or refuse its changes."""
        ...

    @property
    def views(self) -> tuple[Permission, ...]:
        """The rights of which any shows its changes."""
        ...

    def place(self, session: Session, actor: Actor, record_id: str) -> Place:
        """Where the record belongs. Raises `Missing` or `NotAllowed` for who may not propose changes of it."""
        ...

    def is_marked(self, session: Session, clock: Clock, record_id: str, path: str) -> bool:
        """Whether changes of the record wait for a review today."""
        ...

    def current(self, session: Session, record_id: str, values: Values) -> dict[str, Any]:
        """What the record holds now in the fields of ``values``, personal ones in the clear."""
        ...

    def apply(self, order: Order, record_id: str, values: Values) -> None:
        """Give the fields these values by the record's own operations; raises what those raise."""
        ...

    def shown(self, field: str, value: Any) -> Any:
        """A value as it may be shown: personal numbers masked."""
        ...

    def subject(self, session: Session, record_id: str, language: str) -> str:
        """The words for the record in lists of tasks, without personal data."""
        ...


def tried_by(session: Session, actor: Actor, clock: Clock, reason: str, *, confirmed: bool) -> Order:
    """The order that tries a proposal out with its proposer's own rights."""
    return Order(session, actor, SYSTEM, clock, reason, confirmed)


def accepted_by(
    session: Session, proposer: Actor, reviewer: Actor, clock: Clock, reason: str, *, confirmed: bool
) -> Order:
    """The order that puts an accepted change into effect: the review is the authorisation."""
    theirs, ours = (dataclasses.replace(one, is_system=True) for one in (proposer, reviewer))
    return Order(session, theirs, ours, clock, reason, confirmed)
