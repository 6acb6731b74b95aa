"""The board as a drawing."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest
from werkzeug.datastructures import MultiDict

from ledger.inventory.queries import Cell
from webapp.units.asked import board_filter
from webapp.units.grid import BoardFilter, blocks, count_states


def cell(
    unit_no: str, floor: int | None, *, building: str = "3", state: str = "available", **more: object
) -> Cell:
    values: dict[str, object] = {
        "unit_id": f"{building}-{unit_no}", "project_id": "p", "building_id": building, "building": building,
        "unit_no": unit_no, "floor": floor, "layout": "A", "orientation": "", "building_area_hundredths": 8_900,
        "inside_area_hundredths": None, "list_price_fen": 150_000_000, "list_unit_price_fen": None,
        "floor_price_fen": None, "state": state, "withheld_reason": None, "sale_id": None, "taken_by": None,
        "taken_at": None, "held_until": None, "revision": 1, "changed_at": datetime(2026, 3, 2, tzinfo=UTC),
    }  # fmt: skip
    return Cell(**{**values, **more})  # type: ignore[arg-type]


def drawn(*cells: Cell) -> list[list[str]]:
    block = blocks(cells)[0]
    return [[place.unit_no if place else "-" for place in floor.cells] for floor in block.floors]


def test_floors_stand_from_the_top_with_like_units_in_one_column() -> None:
    assert drawn(cell("1002", 10), cell("902", 9), cell("1001", 10), cell("201", 2)) == [
        ["1001", "1002"],
        ["-", "902"],
        ["201", "-"],
    ]


def test_a_missing_unit_leaves_its_place_empty() -> None:
    assert drawn(cell("1201", 12), cell("1203", 12), cell("1102", 11)) == [
        ["1201", "-", "1203"],
        ["-", "1102", "-"],
    ]


def test_units_with_letters_and_entrances_find_their_columns() -> None:
    assert drawn(cell("A-1201", 12), cell("A-1101", 11)) == [["A-1201"], ["A-1101"]]
    assert blocks([cell("2-1201", 12), cell("1-1201", 12)])[0].columns == ("1-01", "2-01")


def test_columns_are_in_the_order_of_their_numbers() -> None:
    assert blocks([cell("110", 1), cell("12", 1), cell("19", 1)])[0].columns == ("2", "9", "10")


def test_numbers_that_would_share_a_place_each_keep_their_own() -> None:
    places = blocks([cell("1201", None), cell("1101", None)])[0]
    assert places.columns == ("1101", "1201")
    assert places.floors[0].name == ""


def test_buildings_stand_apart_and_count_what_is_free() -> None:
    first, second = blocks([cell("101", 1), cell("101", 1, building="5", state="held"), cell("102", 1)])
    assert (first.units, first.available, second.available) == (2, 2, 0)


def test_states_are_counted_in_the_order_of_the_legend() -> None:
    cells = [cell("1", 1, state="withheld"), cell("2", 1), cell("3", 1), cell("4", 1, state="subscribed")]
    assert count_states(cells) == [("available", 2), ("subscribed", 1), ("withheld", 1)]


@pytest.mark.parametrize(
    ("typed", "kept"),
    [
        ({"price_from": "150"}, True),
        ({"price_to": "149.99"}, False),
        ({"area_from": "89", "area_to": "89"}, True),
        ({"area_from": "89.01"}, False),
        ({"layout": "B"}, False),
        ({"state": "held"}, False),
        ({"q": "20"}, True),
        ({"q": "13"}, False),
        ({"price_from": "lots", "area_to": "NaN"}, True),
    ],
)
def test_a_filter_keeps_what_it_names_to_the_last_digit(typed: dict[str, str], kept: bool) -> None:
    assert board_filter(MultiDict(typed)).keeps(cell("1201", 12)) is kept


def test_a_unit_without_a_price_is_none_of_a_price_range() -> None:
    assert not BoardFilter(lowest=1).keeps(cell("1201", 12, list_price_fen=None))
