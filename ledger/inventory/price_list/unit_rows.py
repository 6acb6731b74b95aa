"""One row of a table: is it a unit row, and if so is it good."""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from fractions import Fraction

from . import quantities
from .errors import RowRefused
from .grid import Cell, Kind, plain
from .quantities import TEN_THOUSAND, YUAN, YUAN_PER_M2, Quantity
from .rows import Field, UnitRow
from .tables import Table
from .withholding import withheld_reason

SUBTOTAL = re.compile(
    r".{0,12}?(?:小计|合计|总计|共计|累计|汇总|sub-?total|grandtotal|total)(?:\(.*\))?:?", re.IGNORECASE
)
_BLANKS = re.compile(r"\s+")
_NOTHING = {"/", "-", "—", "——", "--", "无", "n/a", "null"}
_CARRIED = (Field.BUILDING, Field.ENTRANCE, Field.FLOOR)
_FLOOR = re.compile(
    r"(?:第)?(?P<minus>-|负|地下|b)?(?P<number>\d{1,3})\s*(?:层|楼|f)?(?:\s*[/\-~、至].*)?", re.IGNORECASE
)
_CHINESE_FLOOR = re.compile(
    r"第?(?P<minus>负|地下)?(?P<tens>[一二三四五六七八九]?十)?(?P<ones>[一二三四五六七八九首])?[层楼]"
)
_DIGITS = {digit: value for value, digit in enumerate("一二三四五六七八九", 1)} | {"首": 1}


@dataclass(slots=True)
class Carried:
    """What a blank cell repeats from above: building, entrance and floor (合并单元格)."""

    building: str
    cells: dict[Field, Cell] = field(default_factory=dict)

    def see(self, table: Table, row: int) -> None:
        """Take over what ``row`` states; a new building forgets the entrance and floor of the one before."""
        for name in _CARRIED:
            cell = table.cell(row, name)
            if cell.blank:
                continue
            if name is Field.BUILDING and cell.text != self.building:
                self.building = plain(cell.text)
                self.cells.clear()
            self.cells[name] = cell

    def cell(self, name: Field) -> Cell | None:
        """The cell that stands for ``name`` in the present row."""
        return self.cells.get(name)


@dataclass(frozen=True, slots=True)
class Units:
    """The units of the price columns, decided once for a sheet."""

    unit_price: str
    total: str
    floor_price: str
    floor_per_area: bool


def skipped_kind(table: Table, row: int) -> str | None:
    """Why ``row`` is no unit row; ``None`` when it is one.

    A unit row has a unit number. A subtotal (小计, 合计) has none, even where a count stands in that column.
    """
    note = table.column(Field.NOTE)
    for at, cell in enumerate(table.grid.rows[row - 1], 1):
        is_note = note is not None and at == note.number
        if cell.kind is Kind.TEXT and not is_note and SUBTOTAL.fullmatch(_BLANKS.sub("", plain(cell.text))):
            return "subtotal"
    return "text" if table.cell(row, Field.UNIT_NO).blank else None


def unit_number(cell: Cell) -> str:
    """A unit number as text; 201.0 and 201 are one."""
    text = plain(cell.text)
    return _BLANKS.sub("", text[:-1] if re.fullmatch(r".*\d[室号]", text) else text)


def read_unit(table: Table, row: int, unit_no: str, carried: Carried, units: Units) -> UnitRow:
    """Read a unit row; raise :class:`RowRefused` with the first thing that is wrong with it.

    A formula in any column that is read refuses the row, since its value is only what some program last
    computed; so does a text where a number belongs.
    """
    _refuse_formulas(table, row)
    number = table.cell(row, Field.UNIT_NO)
    if number.kind in {Kind.DATE, Kind.OTHER}:
        raise RowRefused("bad_unit_number", value=number.text[:40])
    if not carried.building:
        raise RowRefused("missing_building")
    area = quantities.area_hundredths(*_at(table, row, Field.BUILDING_AREA))
    inside = _optional_area(table, row, Field.INSIDE_AREA)
    if inside is not None and inside > area:
        raise RowRefused("inside_exceeds_building_area", column=_header(table, Field.INSIDE_AREA))
    total = quantities.price_fen(*_at(table, row, Field.LIST_PRICE), units.total)
    state, note = table.cell(row, Field.STATE).text, table.cell(row, Field.NOTE).text
    entrance = carried.cell(Field.ENTRANCE)
    return UnitRow(
        sheet=table.grid.name,
        row=row,
        building=carried.building,
        entrance=plain(entrance.text) if entrance else "",
        unit_no=unit_no,
        floor=_floor(table, carried.cell(Field.FLOOR), unit_no),
        layout=table.cell(row, Field.LAYOUT).text,
        building_area_hundredths=area,
        inside_area_hundredths=inside,
        shared_area_hundredths=_optional_area(table, row, Field.SHARED_AREA),
        list_unit_price_fen=_unit_price(table, row, area, total, units),
        list_price_fen=total,
        floor_price_fen=_floor_price(table, row, area, units),
        orientation=table.cell(row, Field.ORIENTATION).text,
        withheld_reason=withheld_reason(state, note),
        state=state,
        note=note,
    )


def decide_units(table: Table, rows: list[int]) -> Units:
    """Settle the units of the price columns from headings, title rows and, where both are silent, figures.

    A total is in 万元 where area × unit price is about 10,000 times as much; a bare 底价 is per square metre
    where it is less than a tenth of the total.
    """
    unit_price = table.column(Field.LIST_UNIT_PRICE)
    total = table.column(Field.LIST_PRICE)
    floor_unit, floor = table.column(Field.FLOOR_UNIT_PRICE), table.column(Field.FLOOR_PRICE)
    per_area = unit_price.unit if unit_price else YUAN_PER_M2
    total_unit = (total.unit if total else "") or _guessed_total_unit(table, rows, per_area)
    if floor_unit:
        return Units(per_area, total_unit, floor_unit.unit, True)
    if floor is None:
        return Units(per_area, total_unit, "", False)
    ratios = _ratios(table, rows, Field.FLOOR_PRICE, Field.LIST_PRICE)
    # Both in the sheet's own unit: a price per square metre in yuan beside totals in 万元 is far above them.
    looks_per_area = bool(ratios) and not Fraction(1, 10) < sorted(ratios)[len(ratios) // 2] < 10
    if looks_per_area and not floor.header.count("总"):
        return Units(per_area, total_unit, YUAN_PER_M2, True)
    return Units(per_area, total_unit, floor.unit or total_unit, False)


def _guessed_total_unit(table: Table, rows: list[int], per_area: str) -> str:
    area, price, total = Field.BUILDING_AREA, Field.LIST_UNIT_PRICE, Field.LIST_PRICE
    ratios = []
    for row in rows[:60]:
        figures = [_figure(table, row, name) for name in (area, price, total)]
        if all(figures):
            known = [Fraction(figure.value) for figure in figures if figure]
            ratios.append(known[0] * known[1] / known[2])
    if not ratios or per_area != YUAN_PER_M2:
        return YUAN
    return TEN_THOUSAND if 5_000 < sorted(ratios)[len(ratios) // 2] < 20_000 else YUAN


def _ratios(table: Table, rows: list[int], upper: Field, lower: Field) -> list[Fraction]:
    pairs = [(_figure(table, row, upper), _figure(table, row, lower)) for row in rows[:60]]
    return [Fraction(a.value) / Fraction(b.value) for a, b in pairs if a and b]


def _figure(table: Table, row: int, name: Field) -> Quantity | None:
    try:
        quantity = quantities.parse(table.cell(row, name), "")
    except RowRefused:
        return None
    return quantity if quantity.value > 0 else None


def _refuse_formulas(table: Table, row: int) -> None:
    for column in table.columns:
        if column.field and table.grid.cell(row, column.number).kind is Kind.FORMULA:
            raise RowRefused("formula", column=column.header)


def _at(table: Table, row: int, name: Field) -> tuple[Cell, str]:
    return table.cell(row, name), _header(table, name)


def _header(table: Table, name: Field) -> str:
    column = table.column(name)
    return column.header if column else name.value


def _has(table: Table, row: int, name: Field) -> bool:
    cell = table.cell(row, name)
    return not cell.blank and plain(cell.text).lower() not in _NOTHING


def _optional_area(table: Table, row: int, name: Field) -> int | None:
    return quantities.area_hundredths(*_at(table, row, name)) if _has(table, row, name) else None


def _unit_price(table: Table, row: int, area: int, total: int, units: Units) -> int:
    """The stated price per square metre, checked against the total; derived where there is no such column."""
    if table.column(Field.LIST_UNIT_PRICE) is None:
        return quantities.half_up(Fraction(total * 100, area))
    cell, header = _at(table, row, Field.LIST_UNIT_PRICE)
    price = quantities.price_fen(cell, header, units.unit_price)
    computed = Fraction(area * price, 100)
    if abs(computed - total) > quantities.rounding_fen(table.cell(row, Field.LIST_PRICE), units.total):
        raise RowRefused("total_mismatch", stated_fen=total, computed_fen=quantities.half_up(computed))
    return price


def _floor_price(table: Table, row: int, area: int, units: Units) -> int | None:
    name = Field.FLOOR_UNIT_PRICE if table.column(Field.FLOOR_UNIT_PRICE) else Field.FLOOR_PRICE
    if not _has(table, row, name):
        return None
    price = quantities.price_fen(*_at(table, row, name), units.floor_price)
    return quantities.half_up(Fraction(area * price, 100)) if units.floor_per_area else price


def _floor(table: Table, cell: Cell | None, unit_no: str) -> int | None:
    """The floor as stated, or from the unit number (A-0301 is on 3); a text that is no floor is refused."""
    if cell is None:
        digits = re.findall(r"\d+", unit_no)
        return int(digits[-1][:-2]) if digits and 3 <= len(digits[-1]) <= 4 else None
    text = plain(cell.text)
    match = _FLOOR.fullmatch(text)
    if match:
        return int(match["number"]) * (-1 if match["minus"] else 1)
    match = _CHINESE_FLOOR.fullmatch(text)
    if match and (match["tens"] or match["ones"]):
        tens = 10 * _DIGITS.get(match["tens"][0], 1) if match["tens"] else 0
        return (tens + _DIGITS.get(match["ones"] or "", 0)) * (-1 if match["minus"] else 1)
    raise RowRefused("not_a_number", column=_header(table, Field.FLOOR), value=cell.text[:40])
