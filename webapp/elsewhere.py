"""Work that waits in a list of its own at another desk; the inbox counts it beside its boxes."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from flask import Flask, current_app, url_for
from flask_babel import gettext

from engine.api import COUNT_CAP


@dataclass(frozen=True)
class Waiting:
    """How many acts wait and how many of them are overdue, each counted up to the cap and one more."""

    count: int
    late: int

    @property
    def shown(self) -> str:
        """The count in words of a chip."""
        return f"{COUNT_CAP:,}+" if self.count > COUNT_CAP else str(self.count)


@dataclass(frozen=True)
class OtherList:
    """A desk's list: ``label`` is a message id marked with `N_`; ``waiting`` is None for whom it is no work."""

    label: str
    endpoint: str
    icon: str
    waiting: Callable[[], Waiting | None]


@dataclass(frozen=True)
class WorkElsewhere:
    """What waits for the reader in another list, in his language."""

    label: str
    url: str
    icon: str
    waiting: Waiting

    @property
    def tab(self) -> tuple[str, str, bool, str]:
        """It as a tab beside the boxes of the inbox."""
        return self.label, self.url, False, self.waiting.shown


def install(app: Flask) -> None:
    """Prepare the register."""
    app.extensions["keyturn.other_lists"] = []


def add_list(app: Flask, other: OtherList) -> None:
    """Have the inbox count a desk's list; a desk calls this once when it is installed."""
    lists: list[OtherList] = app.extensions["keyturn.other_lists"]
    lists.append(other)


def work_elsewhere() -> list[WorkElsewhere]:
    """The lists at which the reader works, also those in which nothing waits now."""
    lists: list[OtherList] = current_app.extensions["keyturn.other_lists"]
    found = [(other, other.waiting()) for other in lists]
    return [
        WorkElsewhere(gettext(other.label), url_for(other.endpoint), other.icon, waiting)
        for other, waiting in found
        if waiting is not None
    ]
