"""Homes: the board, one unit, price lists in."""

from __future__ import annotations

from typing import Any

from flask import request
from marshmallow import Schema, fields, validate

from kernel.errors import Invalid
from ledger.inventory import queries
from ledger.inventory.importing import import_units
from ledger.inventory.price_list import read_price_list
from ledger.inventory.queries import Cell, UnitFilter
from ledger.inventory.wording import report_json
from ledger.organisation.queries import get_project, list_projects
from ledger.staff.permissions import Permission
from webapp.api.endpoint import Asked, endpoint
from webapp.api.paging import PageQuery, Part
from webapp.api.shapes import answer_of, page_of
from webapp.language import current_language

UNIT = answer_of(Cell, name="Unit")


class UnitQuery(PageQuery):
    """Which units."""

    project = fields.String(load_default=None, metadata={"description": "Id of a project"})
    state = fields.String(load_default=None)
    floor = fields.Integer(load_default=None)
    layout = fields.String(load_default=None)
    text = fields.String(load_default="", validate=validate.Length(max=40))
    lowest_price_fen = fields.Integer(load_default=None)
    highest_price_fen = fields.Integer(load_default=None)


class ProjectAnswer(Schema):
    """A project."""

    id = fields.String()
    code = fields.String()
    name = fields.String()
    path = fields.String()
    zone = fields.String()


class Projects(Schema):
    """Projects within reach."""

    projects = fields.List(fields.Nested(ProjectAnswer))


class Board(Schema):
    """Every unit of a project."""

    units = fields.List(fields.Nested(UNIT))


class Report(Schema):
    """What an import did."""

    imported = fields.Integer()
    updated = fields.Integer()
    unchanged = fields.Integer()
    withheld = fields.Integer()
    refused = fields.List(fields.Dict())


@endpoint("GET", "/units", tag="units", query=UnitQuery, returns=page_of(UNIT, "UnitPage"))
def list_units(asked: Asked) -> Any:
    """List units by filter."""
    q = asked.query
    wanted = UnitFilter(
        project_id=q["project"],
        state=q["state"],
        floor=q["floor"],
        layout=q["layout"],
        text=q["text"],
        lowest_price_fen=q["lowest_price_fen"],
        highest_price_fen=q["highest_price_fen"],
    )
    start = (q["page"] - 1) * q["size"]
    rows = queries.find_units(asked.session, asked.actor, wanted, clock=asked.clock, limit=q["size"], offset=start)
    count = queries.count_units(asked.session, asked.actor, wanted, clock=asked.clock)
    return Part(rows, min(count, 1000), count > 1000)


@endpoint("GET", "/units/{unit_id}", tag="units", returns=UNIT)
def get_unit(asked: Asked, unit_id: str) -> Any:
    """Show a unit."""
    return queries.get_unit(asked.session, asked.actor, unit_id, clock=asked.clock)


@endpoint("GET", "/projects", tag="units", returns=Projects)
def projects(asked: Asked) -> Any:
    """List the projects within reach."""
    return {"projects": list_projects(asked.session, asked.actor)}


@endpoint("GET", "/projects/{project_id}/board", tag="units", returns=Board)
def board(asked: Asked, project_id: str) -> Any:
    """Show the board of a project."""
    return {"units": queries.board(asked.session, asked.actor, project_id, clock=asked.clock)}


@endpoint("POST", "/projects/{project_id}/price-list", tag="units", returns=Report)
def import_price_list(asked: Asked, project_id: str) -> Any:
    """Import a price list sent as the form field `file`; good rows go in, wrong rows come back."""
    get_project(asked.session, asked.actor, project_id, Permission.UNITS_IMPORT)
    file = request.files.get("file")
    if file is None:
        raise Invalid("file_missing", field="file")
    price_list = read_price_list(file.read(), file.filename or "")
    report = import_units(asked.session, asked.actor, asked.clock, project_id=project_id, price_list=price_list)
    return report_json(report, current_language())
