"""What a price list (价目表) turns into: unit rows, refusals, permits and the columns they were read from."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from enum import StrEnum


class Field(StrEnum):
    """A column that the reader understands."""

    BUILDING = "building"
    ENTRANCE = "entrance"
    FLOOR = "floor"
    UNIT_NO = "unit_no"
    LAYOUT = "layout"
    BUILDING_AREA = "building_area"
    INSIDE_AREA = "inside_area"
    SHARED_AREA = "shared_area"
    LIST_UNIT_PRICE = "list_unit_price"
    LIST_PRICE = "list_price"
    FLOOR_UNIT_PRICE = "floor_unit_price"
    FLOOR_PRICE = "floor_price"
    ORIENTATION = "orientation"
    STATE = "state"
    NOTE = "note"


Param = str | int
"""A parameter of a refusal or error: a plain JSON value."""

ColumnMapping = Mapping[Field, str | int | None]
"""An explicit choice of columns: header text as it stands in the file, or column number from 1.

It overrides what the reader would propose for those fields; ``None`` says that the list has no such column.
"""


@dataclass(frozen=True, slots=True)
class UnitRow:
    """One good row: a home with its areas (hundredths of a square metre) and its prices (fen).

    ``list_price_fen`` is the stated total (总价), never recomputed. ``floor_price_fen`` (底价) is for the
    whole unit also where the file states it per square metre. ``withheld_reason`` is the note or state that
    keeps the unit from sale (销控), ``None`` where nothing does. ``unit_no`` begins with the ``entrance``
    (单元) where a building has several.
    """

    sheet: str
    row: int
    building: str
    entrance: str
    unit_no: str
    floor: int | None
    layout: str
    building_area_hundredths: int
    inside_area_hundredths: int | None
    shared_area_hundredths: int | None
    list_unit_price_fen: int
    list_price_fen: int
    floor_price_fen: int | None
    orientation: str
    withheld_reason: str | None
    state: str
    note: str


@dataclass(frozen=True, slots=True)
class Refusal:
    """A unit row that does not go in; :func:`~.wording.reason_text` words ``code`` and ``params``."""

    sheet: str
    row: int
    unit: str
    code: str
    params: Mapping[str, Param]


@dataclass(frozen=True, slots=True)
class PermitFound:
    """A presale permit (预售许可证) named in a title row.

    ``date_kind`` is ``issued`` where the file says that the date is the permit's own (发证日期),
    ``published`` where it is that of the public notice (公示日期), by which day the permit had been issued.
    """

    sheet: str
    row: int
    number: str
    day: date | None
    date_kind: str


@dataclass(frozen=True, slots=True)
class SkippedRow:
    """A row below the headings that is no unit row: ``subtotal``, ``header`` or ``text``."""

    row: int
    kind: str


@dataclass(frozen=True, slots=True)
class Column:
    """One column of a sheet as proposed or chosen.

    ``number`` counts from 1. ``confidence`` is in percent: 100 chosen or a known heading, less for a guess.
    """

    number: int
    header: str
    field: Field | None
    confidence: int
    unit: str


@dataclass(frozen=True, slots=True)
class SheetRead:
    """How one sheet was understood; ``header_row`` is 0 when it holds no table and was left out."""

    name: str
    hidden: bool
    header_row: int
    columns: tuple[Column, ...]
    unit_rows: int
    skipped: tuple[SkippedRow, ...]


@dataclass(frozen=True, slots=True)
class PriceList:
    """A file read to its end. ``units`` and ``refused`` together are all its unit rows."""

    file_name: str
    encoding: str
    sheets: tuple[SheetRead, ...]
    units: tuple[UnitRow, ...]
    refused: tuple[Refusal, ...]
    permits: tuple[PermitFound, ...]
