"""What a case waits for, before and after a change."""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from engine.results.changes import WaitChange
from engine.spiff.waiting import Wait


def compared(before: Mapping[int, Wait], now: Iterable[Wait]) -> tuple[WaitChange, ...]:
    """Kept, renewed and begun ones in the order of their tokens, then those that end."""
    after = {wait.token: wait for wait in now}
    found = [_kept(before[token], wait) if token in before else _begun(wait) for token, wait in after.items()]
    ended = [wait for token, wait in before.items() if token not in after]
    return (*found, *(_change("ended", wait, None) for wait in ended))


def _kept(old: Wait, new: Wait) -> WaitChange:
    same = old.row == new.row
    return _change("kept" if same else "renewed", old, new)


def _begun(wait: Wait) -> WaitChange:
    return _change("begun", wait, wait)


def _change(becomes: str, old: Wait, new: Wait | None) -> WaitChange:
    shown = new or old
    return WaitChange(
        becomes=becomes,
        kind=shown.kind,
        element_id=old.node.id,
        element_name=old.node.name or old.node.id,
        to=new.node.id if new is not None else None,
        name=shown.name,
        due_at=shown.due,
    )
