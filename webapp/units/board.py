"""The sales board (销控): the building by floors, live while others sell."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import UTC, datetime

from flask import Response, render_template, request
from sqlalchemy.orm import Session

from ledger.inventory import queries as inventory
from ledger.inventory.queries import Cell
from ledger.staff import queries as staff
from ledger.staff.permissions import Permission
from webapp.acting import clock, reading
from webapp.units.asked import board_filter, chosen_project
from webapp.units.desk import pages
from webapp.units.grid import blocks, count_states, in_use


@pages.get("/")
def board() -> str:
    """All units of a project."""
    with reading() as (session, actor):
        project, projects = chosen_project(session, actor, Permission.UNITS_VIEW)
        if project is None:
            return render_template("units/no_project.html")
        now = clock().now()
        cells = inventory.board(session, actor, project.id, clock=clock())
        wanted = board_filter(request.args)
        shown = [cell for cell in cells if wanted.building in ("", cell.building_id)]
        return render_template(
            "units/board.html",
            project=project,
            projects=projects,
            wanted=wanted,
            buildings=blocks(cells),
            blocks=blocks(shown),
            counts=count_states(shown),
            units=len(shown),
            found=sum(wanted.keeps(cell) for cell in shown),
            layouts=in_use(cells, lambda cell: cell.layout),
            sellers=sellers(session, shown),
            now=now,
            cursor=_stamp(now),
        )


@pages.get("/changes")
def changes() -> Response | str:
    """What changed on the board since a cursor, as cells that replace theirs; nothing while nothing has."""
    with reading() as (session, actor):
        project, _ = chosen_project(session, actor, Permission.UNITS_VIEW)
        if project is None:
            return Response(status=204)
        since = _instant(request.args.get("since", ""))
        changed = inventory.changes_since(session, actor, project.id, since, clock=clock())
        if since is not None and not changed.cells:
            return Response(status=204)
        wanted = board_filter(request.args)
        cells = [cell for cell in changed.cells if wanted.building in ("", cell.building_id)]
        whole = inventory.board(session, actor, project.id, clock=clock()) if cells else ()
        shown = [cell for cell in whole if wanted.building in ("", cell.building_id)]
        return render_template(
            "units/changes.html",
            project=project,
            wanted=wanted,
            cells=cells,
            fresh={cell.unit_id for cell in cells if since is None or cell.changed_at >= since},
            counts=count_states(shown),
            sellers=sellers(session, cells),
            now=clock().now(),
            cursor=_stamp(changed.cursor),
        )


def sellers(session: Session, cells: Iterable[Cell]) -> dict[str, str]:
    """The names of those whose sales have taken units, in one query."""
    ids: Sequence[str] = sorted({cell.taken_by for cell in cells if cell.taken_by})
    return staff.names(session, ids) if ids else {}


def _stamp(instant: datetime) -> str:
    return instant.astimezone(UTC).isoformat().replace("+00:00", "Z")


def _instant(text: str) -> datetime | None:
    try:
        found = datetime.fromisoformat(text)
    except ValueError:
        return None
    return found if found.tzinfo else None
