"""What can go wrong with units and their prices, each with a code that the edge words."""

from __future__ import annotations

from datetime import datetime

from kernel.errors import Invalid, KeyturnError, NotAllowed, Stale


class UnitNotSellable(KeyturnError):
    """The unit may not be sold now.

    ``code`` is the reason: ``unit_unlicensed``, ``unit_unreleased``, ``unit_withheld``, ``unit_mortgaged``,
    ``unit_seized``, ``unit_not_for_sale``; ``unit_id`` and ``unit_no`` name the unit.
    """

    code = "unit_not_sellable"


class UnitTaken(Stale):
    """Somebody else took the unit first: ``taken_by`` (staff id) at ``taken_at`` (UTC instant)."""

    code = "unit_taken"

    def __init__(self, *, unit_id: str, unit_no: str, taken_by: str | None, taken_at: datetime | None) -> None:
        super().__init__(field="unit_id", unit_id=unit_id, unit_no=unit_no, taken_by=taken_by, taken_at=taken_at)


class UnitStatusWrong(KeyturnError):
    """The unit's status does not allow the change: ``status`` is where it is, ``wanted`` where it should go."""

    code = "unit_status_wrong"


class PriceVersionState(KeyturnError):
    """The price version is not in a state that allows the act; ``state`` says where it is."""

    code = "price_version_state"


class SecondPersonNeeded(NotAllowed):
    """Who proposed prices does not approve them; ask another person."""

    code = "second_person_needed"


class ContentChanged(Stale):
    """The prices are not those that were approved; ask for approval anew."""

    code = "prices_changed"


class PricesInvalid(Invalid):
    """A proposed price is missing, not positive, or belongs to a unit of another project."""

    code = "prices_invalid"


class ReasonMissing(Invalid):
    """The act is logged with its reason; give one."""

    code = "reason_missing"
