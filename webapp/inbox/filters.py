"""What the address of the list asks for: box, process, project, due, words, order, page."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import datetime, time, timedelta
from zoneinfo import ZoneInfo

from werkzeug.datastructures import MultiDict

from engine.api import TaskFilter
from kernel.clock import Clock

BOXES = ("mine", "group", "done")
SIZE = 50
_SOON_DAYS = 3
_SORTS = {
    "name": "name",
    "project": "fact:project",
    "unit": "fact:unit",
    "customer": "fact:customer",
    "amount": "fact:amount_fen",
    "discount": "fact:effective_discount_bp",
    "due": "due",
    "created": "created",
    "completed": "completed",
}


@dataclass(frozen=True)
class Wanted:
    """The list that is asked for; ``due`` is late, soon, none or nothing."""

    box: str = "mine"
    process: str = ""
    project: str = ""
    due: str = ""
    text: str = ""
    sort: str = "due"
    number: int = 1

    @property
    def is_narrowed(self) -> bool:
        """Whether anything but the box limits the list."""
        return bool(self.process or self.project or self.due or self.text)


def read_wanted(arguments: MultiDict[str, str]) -> Wanted:
    """From an address; what it does not know falls back to the usual."""
    box = arguments.get("box", "mine")
    box = box if box in BOXES else "mine"
    usual = "-completed" if box == "done" else "due"
    sort = arguments.get("sort", usual)
    due = arguments.get("due", "")
    number = arguments.get("page", "1")
    return Wanted(
        box=box,
        process=arguments.get("process", "")[:255],
        project=arguments.get("project", "")[:500],
        due=due if due in ("late", "soon", "none") and box != "done" else "",
        text=arguments.get("q", "").strip()[:100],
        sort=sort if sort.removeprefix("-") in _SORTS else usual,
        number=int(number) if number.isdecimal() and 0 < int(number[:6]) < 100_000 else 1,
    )


def task_filter(wanted: Wanted, clock: Clock, zone: str) -> TaskFilter:
    """What the engine is asked."""
    return TaskFilter(
        box=wanted.box,
        definition_keys=(wanted.process,) if wanted.process else (),
        path=wanted.project or None,
        search=wanted.text,
        due_from=clock.now() if wanted.due == "soon" else None,
        due_before=_due_before(wanted.due, clock, zone),
        without_due=wanted.due == "none",
        sort=_order(wanted.sort),
    )


def late(wanted: Wanted) -> Wanted:
    """The same list, only what is late."""
    return replace(wanted, due="late", number=1)


def _due_before(due: str, clock: Clock, zone: str) -> datetime | None:
    if due == "late":
        return clock.now()
    if due == "soon":
        here = ZoneInfo(zone)
        last = clock.now().astimezone(here).date() + timedelta(days=_SOON_DAYS + 1)
        return datetime.combine(last, time(), tzinfo=here)
    return None


def _order(sort: str) -> tuple[str, ...]:
    sign = "-" if sort.startswith("-") else ""
    key = f"{sign}{_SORTS[sort.removeprefix('-')]}"
    return (key, "-priority", "created") if key == "due" else (key, "due", "created")
