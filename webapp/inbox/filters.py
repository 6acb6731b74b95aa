"""What the address of the list asks for: box, process, project, due, words, criteria, order, page."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace

from werkzeug.datastructures import MultiDict

from engine.api import TaskFilter
from kernel.clock import Clock
from webapp.inbox.columns import COLUMNS, known
from webapp.inbox.criteria import in_time, narrowed, read_criteria

BOXES = ("mine", "group", "substituting", "delegated", "followed", "snoozed", "done")
SIZE = 50
MOST_KEYS = 4
_SORTS = {key: column.sort for key, column in COLUMNS.items() if column.sort} | {"name": "name"}


@dataclass(frozen=True)
class Wanted:
    """The list that is asked for; ``due`` is late, soon, none or nothing; ``sort`` names columns, the first first.

    ``versions`` of the process are all when there is none. ``columns`` are shown in place of the reader's own.
    ``saved`` is the filter it comes from, ``base`` what that one asks: addresses name the filter, so that they
    tell nothing of it.
    """

    box: str = "mine"
    process: str = ""
    versions: tuple[int, ...] = ()
    project: str = ""
    due: str = ""
    text: str = ""
    criteria: Mapping[str, str] = field(default_factory=dict)
    sort: tuple[str, ...] = ("due",)
    columns: tuple[str, ...] = ()
    number: int = 1
    saved: str = ""
    base: Mapping[str, str] = field(default_factory=dict)

    @property
    def is_narrowed(self) -> bool:
        """Whether anything but the box limits the list."""
        return bool(self.process or self.project or self.due or self.text or self.criteria or self.saved)

    def arguments(self) -> dict[str, str]:
        """What an address of the same list carries, the page aside."""
        found = {
            "box": self.box,
            "process": self.process,
            "version": ",".join(map(str, self.versions)),
            "project": self.project,
            "due": self.due,
            "q": self.text,
            "sort": ",".join(self.sort) if self.sort != (_usual(self.box),) else "",
            "columns": ",".join(self.columns),
            **self.criteria,
        }
        if self.saved:
            changed = {name: text for name, text in found.items() if text != self.base.get(name, "")}
            return {"filter": self.saved, **changed}
        return {name: text for name, text in found.items() if text}


def read_wanted(
    arguments: MultiDict[str, str] | Mapping[str, str], *, saved: str = "", base: Mapping[str, str] | None = None
) -> Wanted:
    """From an address; what it does not know falls back to the usual."""
    box = arguments.get("box", "mine")
    box = box if box in BOXES else "mine"
    due = arguments.get("due", "")
    number = arguments.get("page", "1")
    process = arguments.get("process", "")[:255]
    return Wanted(
        box=box,
        process=process,
        versions=_versions(arguments.get("version", "")) if process else (),
        project=arguments.get("project", "")[:500],
        due=due if due in ("late", "soon", "none") and box != "done" else "",
        text=arguments.get("q", "").strip()[:100],
        criteria=read_criteria(arguments),
        sort=_keys(arguments.get("sort", "")) or (_usual(box),),
        columns=known(arguments.get("columns", "")[:300].split(","), box),
        number=int(number) if number.isdecimal() and 0 < int(number[:6]) < 100_000 else 1,
        saved=saved,
        base=base or {},
    )


def task_filter(wanted: Wanted, clock: Clock, zone: str) -> TaskFilter:
    """What the engine is asked."""
    asked = TaskFilter(
        box=wanted.box,
        definition_keys=(wanted.process,) if wanted.process else (),
        versions=wanted.versions,
        path=wanted.project or None,
        search=wanted.text,
        sort=_order(wanted.sort),
        **in_time(wanted.criteria, wanted.due, clock, zone),
    )
    return replace(asked, **narrowed(asked, wanted.criteria))


def late(wanted: Wanted) -> Wanted:
    """The same list, only what is late."""
    return replace(wanted, due="late", number=1)


def sorted_also(sort: tuple[str, ...], key: str, box: str) -> str:
    """The order with a column added at its end, or turned round where it stands; the usual one gives way."""
    if sort == (_usual(box),) and key != sort[0].removeprefix("-"):
        return key
    if key in sort or f"-{key}" in sort:
        turned = {key: f"-{key}", f"-{key}": key}
        return ",".join(turned.get(one, one) for one in sort)
    return ",".join((*sort, key)[-MOST_KEYS:])


def _usual(box: str) -> str:
    return {"done": "-completed", "snoozed": "wakes"}.get(box, "due")


def _keys(text: str) -> tuple[str, ...]:
    """The columns to sort by, each once, at most `MOST_KEYS`."""
    known = {}
    for key in text.split(",")[:20]:
        name = key.removeprefix("-")
        if name in _SORTS and name not in known:
            known[name] = key
    return tuple(known.values())[:MOST_KEYS]


def _versions(text: str) -> tuple[int, ...]:
    numbers = [part.strip() for part in text.replace("，", ",").split(",")[:20]]
    return tuple(sorted({int(number) for number in numbers if number.isdecimal() and len(number) < 7}))


def _order(sort: tuple[str, ...]) -> tuple[str, ...]:
    if sort == ("due",):
        return ("due", "-priority", "created")
    keys = [_turned(_SORTS[key.removeprefix("-")], back=key.startswith("-")) for key in sort]
    rest = [key for key in ("due", "created") if key not in keys and f"-{key}" not in keys]
    return (*keys, *rest)


def _turned(key: str, *, back: bool) -> str:
    if not back:
        return key
    return key.removeprefix("-") if key.startswith("-") else f"-{key}"
