"""What else moved a case between people: handed over, added, returned, withdrawn, as the history tells it."""

from __future__ import annotations

from webapp.approval_sheet.case import SheetCase
from webapp.approval_sheet.data import Move
from webapp.formatting import moment
from webapp.inbox.happenings import happenings

_PLAIN = frozenset(
    {
        "task_created", "task_claimed", "task_unclaimed", "task_completed", "task_passed", "task_returned",
        "task_due_set",
        "task_follow_up_set", "task_priority_set", "signer_decided_before", "signer_decided_after",
        "signer_decided_vote",
    }
)  # fmt: skip
_OF_PERSONS = ("task_", "withdrawal_", "request_", "instance_withdrawn", "sign", "vote_")


def moves_of(case: SheetCase) -> tuple[Move, ...]:
    """Oldest first."""
    events = [event for event in case.events if event.code.startswith(_OF_PERSONS) and event.code not in _PLAIN]
    told = happenings(events, (), case.labels, case.names)[::-1]
    return tuple(
        Move(
            at=moment(one.at, case.zone),
            text=" ".join(part for part in (one.who, one.text) if part),
            note=str(one.note),
        )
        for one in told
    )
