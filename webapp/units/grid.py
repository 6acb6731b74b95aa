"""The sales board (销控) as a drawing: buildings, floors from the top, like units of all floors in one column.

Pure; it arranges the cells of the inventory and says which of them a filter keeps in the light.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, fields

from ledger.inventory.queries import Cell

STATES = (
    "available",
    "held",
    "small_ordered",
    "subscribed",
    "contracted",
    "delivered",
    "withheld",
    "unreleased",
    "unlicensed",
    "mortgaged",
    "seized",
    "not_for_sale",
)
_DIGITS = re.compile(r"(\d+)(\D*)$")


@dataclass(frozen=True)
class BoardFilter:
    """What the reader looks for; areas in hundredths of a square metre, prices in fen, both ends included."""

    building: str = ""
    layout: str = ""
    state: str = ""
    text: str = ""
    smallest: int | None = None
    largest: int | None = None
    lowest: int | None = None
    highest: int | None = None

    @property
    def is_on(self) -> bool:
        """Whether anything but the building is asked for."""
        return any(
            getattr(self, field.name) not in ("", None) for field in fields(self) if field.name != "building"
        )

    def keeps(self, cell: Cell) -> bool:
        """Whether a unit is what the reader looks for."""
        return (
            (not self.layout or cell.layout == self.layout)
            and (not self.state or cell.state == self.state)
            and self.text.casefold() in cell.unit_no.casefold()
            and _within(cell.building_area_hundredths, self.smallest, self.largest)
            and _within(cell.list_price_fen, self.lowest, self.highest)
        )


def _within(value: int | None, low: int | None, high: int | None) -> bool:
    if low is None and high is None:
        return True
    return value is not None and (low is None or value >= low) and (high is None or value <= high)


@dataclass(frozen=True)
class Floor:
    """A floor with one place per column; None where the floor has no such unit."""

    name: str
    cells: tuple[Cell | None, ...]


@dataclass(frozen=True)
class Block:
    """A building: its columns' names and its floors from the top."""

    id: str
    name: str
    columns: tuple[str, ...]
    floors: tuple[Floor, ...]
    units: int
    available: int


def blocks(cells: Iterable[Cell]) -> tuple[Block, ...]:
    """The buildings in the order in which their cells come."""
    by_building: dict[str, list[Cell]] = {}
    for cell in cells:
        by_building.setdefault(cell.building_id, []).append(cell)
    return tuple(_block(found) for found in by_building.values())


def _block(cells: Sequence[Cell]) -> Block:
    place = _places(cells)
    columns = tuple(sorted(set(place.values()), key=_natural))
    at = {column: index for index, column in enumerate(columns)}
    floors: dict[int | None, list[Cell | None]] = {}
    for cell in cells:
        row = floors.setdefault(cell.floor, [None] * len(columns))
        row[at[place[cell.unit_id]]] = cell
    ordered = sorted(floors, key=lambda floor: -1_000 if floor is None else floor, reverse=True)
    return Block(
        id=cells[0].building_id,
        name=cells[0].building,
        columns=columns,
        floors=tuple(Floor("" if floor is None else str(floor), tuple(floors[floor])) for floor in ordered),
        units=len(cells),
        available=sum(cell.state == "available" for cell in cells),
    )


def _places(cells: Sequence[Cell]) -> Mapping[str, str]:
    """The column of each unit: its number without the floor, or its number whole where two would coincide."""
    for place_of in (_without_floor, _whole):
        places = {cell.unit_id: place_of(cell) for cell in cells}
        if len({(cell.floor, places[cell.unit_id]) for cell in cells}) == len(cells):
            return places
    return places


def _without_floor(cell: Cell) -> str:
    match = _DIGITS.search(cell.unit_no)
    if match is None:
        return cell.unit_no
    number, head = match[1], cell.unit_no[: match.start()]
    floor = "" if cell.floor is None else str(cell.floor)
    kept = number[len(floor) :] if floor and number.startswith(floor) and len(number) > len(floor) else number[-2:]
    return f"{head}{kept}{match[2]}"


def _whole(cell: Cell) -> str:
    return cell.unit_no


def _natural(text: str) -> list[tuple[int, int, str]]:
    return [(0, int(part), "") if part.isdecimal() else (1, 0, part) for part in re.split(r"(\d+)", text) if part]


def count_states(cells: Iterable[Cell]) -> list[tuple[str, int]]:
    """How many units are in each state, in the order of the legend; states without a unit are left out."""
    counts = Counter(cell.state for cell in cells)
    return [(state, counts[state]) for state in STATES if counts[state]]


def in_use(cells: Iterable[Cell], value: Callable[[Cell], str]) -> list[str]:
    """The different values of cells, blank ones left out, for a choice."""
    return sorted({value(cell) for cell in cells} - {""}, key=_natural)
