"""What returning a case and withdrawing a task have in common: go back, or refuse with reasons."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from engine.changing.going_back import Back, go_back
from engine.commands.by_hand import gone_on
from engine.errors import ChangeRefused
from engine.host import Host
from engine.running.run import Run
from engine.store.going_back import Standing, elements_done

MOST = 500


def back_to(target: Standing, *, leaving: int | None = None) -> Back:
    """The way to a passed step: whose it was gets it again, with what was answered as a draft."""
    step = target.step
    row: dict[str, Any] = {"assignee": step.on_behalf_of or step.by or None, "draft": step.answers}
    return Back(target.scope_token or 0, step.element_id, row, step.turn or {}, leaving)


def go(host: Host, run: Run, target: Standing, back: Back, along: Callable[[], object]) -> None:
    """Go back as part of the command; raises `ChangeRefused` with what stands against it."""
    with host.session.begin_nested():
        done = elements_done(host.session, run.record.id, target.seq)
        findings = go_back(run.case, back, done, host.registry)
        if not findings:
            run.write_along(along)
            findings = gone_on(run)
        if findings:
            raise ChangeRefused(findings)


def short(text: str) -> str:
    """A reason as it is kept."""
    return " ".join(text.split())[:MOST]
