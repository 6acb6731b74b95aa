"""What can go wrong with a change order, each with a code that the edge words and says what to do."""

from __future__ import annotations

from collections.abc import Sequence

from kernel.errors import Invalid, KeyturnError, Missing, NotAllowed, Stale


class ChangeRunning(KeyturnError):
    """Another change of the sale is open; ``by``, ``at``, ``no`` and ``kind`` say whose, since when and which."""

    code = "change_running"


class ChangeRefused(Invalid):
    """A guard of the kind refuses; ``field`` names what is wrong."""

    code = "change_order_refused"


class ChangeNotReady(KeyturnError):
    """The order is not in a state that allows the act; ``state`` says where it is."""

    code = "change_not_ready"


class ChangeUnapproved(KeyturnError):
    """The order lacks the approval of its present content (DOMAIN §10.6)."""

    code = "change_unapproved"


class ChangeStale(Stale):
    """What stands is no longer what was approved; ``names`` are the fields that differ. Apply anew."""

    code = "change_stale"

    def __init__(self, *, no: str, names: Sequence[str] = ()) -> None:
        self.names = tuple(names)
        super().__init__(no=no, fields=[f"change_value.{name}" for name in names])


class ChangeOwn(NotAllowed):
    """Apply, approve and execute are acts of different people."""

    code = "change_own"


class ChangeOrderMissing(Missing):
    """There is no such order, or it lies outside the actor's scope."""

    code = "change_order_missing"
