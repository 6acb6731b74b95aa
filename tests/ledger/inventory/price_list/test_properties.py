"""Whatever list an office writes: every unit row comes back, good or refused, with its own figures."""

from __future__ import annotations

from dataclasses import dataclass
from decimal import Decimal
from importlib.resources import files

from hypothesis import given, settings
from hypothesis import strategies as st

from ledger.inventory.price_list import PriceList, PriceListError, read_price_list

from .files import HEADINGS, text_file, wide, workbook

quick = settings(derandomize=True, max_examples=40, deadline=None)


@dataclass(frozen=True)
class Home:
    """A home as the generator knows it: hundredths of m², fen."""

    building: str
    floor: int
    door: int
    area: int
    price: int

    @property
    def number(self) -> str:
        return f"{self.floor}{self.door:02d}"

    @property
    def total(self) -> int:
        """In whole yuan, as offices round it."""
        return (self.area * self.price + 5_000) // 10_000


homes = st.lists(
    st.builds(
        Home,
        building=st.sampled_from(["1栋", "2栋", "B座"]),
        floor=st.integers(1, 60),
        door=st.integers(1, 8),
        area=st.integers(2_000, 60_000),
        price=st.integers(300_000, 20_000_000),
    ),
    min_size=1,
    max_size=25,
    unique_by=lambda home: (home.building, home.number),
)


def written(number: Decimal, style: int, unit: str) -> object:
    """One number in one of the ways in which people type it."""
    grouped = f"{number:,}"
    return [float(number), str(number), f"{grouped}{unit}", wide(grouped), f" {number} {unit}"][style]


@st.composite
def lists(draw: st.DrawFn) -> tuple[list[Home], list[list[object]], set[int]]:
    """Homes, the rows written for them, and the positions of those made wrong."""
    chosen = sorted(draw(homes), key=lambda home: home.building)
    rows: list[list[object]] = []
    wrong: set[int] = set()
    for at, home in enumerate(chosen):
        style = st.integers(0, 4)
        area = written(Decimal(home.area) / 100, draw(style), "㎡")
        price = written(Decimal(home.price) / 100, draw(style), "元/㎡")
        total = written(Decimal(home.total), draw(style), "元")
        if draw(st.integers(0, 5)) == 0:
            wrong.add(at)
            spoilt = ["八十九", "=1+1", Decimal(home.total) + 2, -5][draw(st.integers(0, 3))]
            total = spoilt if isinstance(spoilt, str) else float(spoilt)
        rows.append([home.building, home.floor, home.number, "两室", area, None, price, total, None])
    return chosen, rows, wrong


def check(listed: PriceList, chosen: list[Home], wrong: set[int]) -> None:
    good = [home for at, home in enumerate(chosen) if at not in wrong]
    assert [(unit.building, unit.unit_no, unit.floor, unit.building_area_hundredths) for unit in listed.units] == [
        (home.building, home.number, home.floor, home.area) for home in good
    ]
    assert [(unit.list_unit_price_fen, unit.list_price_fen) for unit in listed.units] == [
        (home.price, home.total * 100) for home in good
    ]
    assert [refused.row for refused in listed.refused] == [at + 2 for at in sorted(wrong)]
    assert sum(sheet.unit_rows for sheet in listed.sheets) == len(chosen)


@quick
@given(lists())
def test_a_workbook_reads_back(drawn: tuple[list[Home], list[list[object]], set[int]]) -> None:
    chosen, rows, wrong = drawn
    check(read_price_list(workbook([HEADINGS, *rows]), "list.xlsx"), chosen, wrong)


@quick
@given(lists(), st.sampled_from(["gb18030", "utf-8", "utf-8-sig", "utf-16"]))
def test_a_text_file_reads_back(drawn: tuple[list[Home], list[list[object]], set[int]], encoding: str) -> None:
    chosen, rows, wrong = drawn
    check(read_price_list(text_file([HEADINGS, *rows], encoding=encoding), "list.csv"), chosen, wrong)


@settings(derandomize=True, max_examples=150, deadline=None)
@given(st.binary(max_size=400), st.sampled_from(["list.csv", "list.xlsx"]))
def test_any_bytes_are_read_or_refused(content: bytes, name: str) -> None:
    try:
        read_price_list(content, name)
    except PriceListError as error:
        assert error.code.startswith("price_list.")


@settings(derandomize=True, max_examples=60, deadline=None)
@given(st.data())
def test_a_workbook_with_bytes_changed_is_read_or_refused(data: st.DataObject) -> None:
    content = bytearray((files("demo") / "data" / "price-list-yunxi-phase-1.xlsx").read_bytes())
    for _ in range(data.draw(st.integers(1, 8))):
        content[data.draw(st.integers(0, len(content) - 1))] = data.draw(st.integers(0, 255))
    try:
        read_price_list(bytes(content), "list.xlsx")
    except PriceListError as error:
        assert error.code.startswith("price_list.")
