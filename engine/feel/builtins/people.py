"""Who stands above whom (上级), an addition of Keyturn's: the directory is the caller's."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

from engine.feel.builtins.registry import UNKNOWN, Fault, NoValueError, builtin
from engine.feel.iteration import whole
from engine.feel.values import Number, kind

if TYPE_CHECKING:
    from engine.feel.limits import Run

HIGHEST = 10


def _wrong(arguments: Sequence[object]) -> Fault | None:
    """Somebody would wait for an approver that a slip of the pen has made nobody; so a slip is told."""
    person, *rest = (_single(argument) for argument in arguments)
    if person is not UNKNOWN and person is not None and not isinstance(person, str):
        return "feel_manager_person", {"found": kind(person)}
    levels = rest[0] if rest else None
    if levels is UNKNOWN or levels is None:
        return None
    count = whole(levels)
    if count is None or not 1 <= count <= HIGHEST:
        found = levels if isinstance(levels, int) and not isinstance(levels, bool) else kind(levels)
        return "feel_manager_levels", {"highest": HIGHEST, "found": str(found)}
    return None


def _single(argument: object) -> object:
    return argument[0] if isinstance(argument, list) and len(argument) == 1 else argument


@builtin("manager", "person: string, levels?: number", refuses=_wrong)
def manager(run: Run, person: str, levels: Number | None = None) -> str | None:
    """The id of a person's line manager, or of who stands so many levels above; null where nobody does."""
    if run.people is None:
        raise NoValueError("feel_no_people")
    count = 1 if levels is None else int(levels)
    run.spend(count)
    return run.people.manager(person, count)
