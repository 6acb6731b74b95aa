"""Parameters under review: a value at a node from a day on; the record is ``<node id>:<name>``."""

from __future__ import annotations

from datetime import date
from fractions import Fraction
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from kernel.actor import Actor
from kernel.clock import Clock
from ledger.organisation.models import OrgNode, ParameterSetting
from ledger.organisation.operations import set_parameter
from ledger.organisation.parameters import REVIEW_PARAMETERS, find_parameter
from ledger.reviews.errors import ChangeInvalid, ChangeMissing
from ledger.reviews.marks import is_marked
from ledger.reviews.reviewable import Order, Place, Values
from ledger.staff.permissions import Permission

FIELDS = ("value", "effective_from")


class Parameters:
    """What a node has set last; a value of None gives the inheritance back."""

    kind = "parameters"
    review = Permission.ORGANISATION_REVIEW
    views = (Permission.ORGANISATION_MANAGE, Permission.ORGANISATION_REVIEW)

    def place(self, session: Session, actor: Actor, record_id: str) -> Place:
        """The node."""
        node, name = _split(session, record_id)
        actor.require(Permission.ORGANISATION_MANAGE, node.path)
        find_parameter(name)
        return Place(node.path)

    def is_marked(self, session: Session, clock: Clock, record_id: str, path: str) -> bool:
        """As the node says."""
        return is_marked(session, clock, REVIEW_PARAMETERS, path)

    def current(self, session: Session, record_id: str, values: Values) -> dict[str, Any]:
        """The setting that was made last."""
        node, name = _split(session, record_id)
        query = select(ParameterSetting).where(ParameterSetting.node_id == node.id, ParameterSetting.name == name)
        last = session.scalars(query.order_by(ParameterSetting.sequence.desc()).limit(1)).one_or_none()
        found = {"value": last.value, "effective_from": last.effective_from.isoformat()} if last else {}
        return {field: found.get(field) for field in values}

    def apply(self, order: Order, record_id: str, values: Values) -> None:
        """Set it. Raises `ChangeInvalid` without a day or for another field, and what `set_parameter` raises."""
        node, name = _split(order.session, record_id)
        if unknown := sorted(set(values) - set(FIELDS)):
            raise ChangeInvalid("change_field_unknown", field=unknown[0])
        value, definition = values.get("value"), find_parameter(name)
        set_parameter(
            order.session,
            order.proposer,
            order.clock,
            path=node.path,
            name=name,
            value=Fraction(value) if definition.type == "rate" and isinstance(value, str) else value,
            effective_from=_day(values.get("effective_from")),
            reason=order.reason,
        )

    def shown(self, field: str, value: Any) -> Any:
        """As it is."""
        return value

    def subject(self, session: Session, record_id: str, language: str) -> str:
        """The parameter's label and the node's name."""
        node, name = _split(session, record_id)
        definition = find_parameter(name)
        return f"{definition.label_zh if language == 'zh' else definition.label} · {node.name}"


def record_of(node_id: str, name: str) -> str:
    """The id of a parameter of a node as a record."""
    return f"{node_id}:{name}"


def _split(session: Session, record_id: str) -> tuple[OrgNode, str]:
    node_id, _, name = record_id.partition(":")
    node = session.get(OrgNode, node_id)
    if node is None:
        raise ChangeMissing("change_record_missing", id=record_id)
    return node, name


def _day(text: Any) -> date:
    try:
        return date.fromisoformat(text)
    except (TypeError, ValueError) as wrong:
        raise ChangeInvalid("not_a_date", field="effective_from") from wrong
