"""A statement read and checked in itself: every line complete, serial numbers once, the balance follows.

The bank's own order is that of the file: in it each balance is the one before plus the amount. Times do not follow
it — within a day a bank books in another order than people pay — so no line is refused for its time. A file that
begins with the newest line is turned round.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import date

from ledger.banking.errors import Problem, StatementRefused
from ledger.banking.headings import Columns, assign, find_table, missing_columns, title_facts
from ledger.banking.kinds import CURRENCIES, Column
from ledger.banking.statement_file import Sheet, open_sheet
from ledger.banking.values import account_number, day_and_time, fen_of, serial_of, time_of, without_account_numbers
from ledger.inventory.price_list.grid import BLANK, Cell, plain

_PERIOD = re.compile(r"(\d{4}\D?\d{1,2}\D?\d{1,2})\D+(\d{4}\D?\d{1,2}\D?\d{1,2})")
_LONGEST = {Column.SUMMARY: 100, Column.PAYER: 200, Column.MEMO: 300, Column.SERIAL: 60}
_END = re.compile(r"合计|总计|total", re.IGNORECASE)


@dataclass(frozen=True)
class ParsedLine:
    """A line of a file; ``row`` as a spreadsheet counts. Fen in positive, out negative."""

    row: int
    serial: str
    booked_on: date
    booked_time: str | None
    summary: str
    amount_fen: int
    balance_fen: int
    payer: str
    payer_account: str
    memo: str


@dataclass(frozen=True)
class ParsedStatement:
    """What a file says, oldest line first. With ``problems`` it cannot go in."""

    headings: tuple[str, ...]
    columns: Columns
    lines: tuple[ParsedLine, ...]
    problems: tuple[Problem, ...]
    number: str
    encoding: str

    @property
    def opening_fen(self) -> int:
        """The balance before the first line."""
        return self.lines[0].balance_fen - self.lines[0].amount_fen


def read_statement(content: bytes, file_name: str, saved: Columns) -> ParsedStatement:
    """Read a file with a saved mapping of columns. Raises `StatementRefused` where there is no table at all."""
    sheet = open_sheet(content, file_name)
    top = find_table(sheet.rows, saved)
    if top is None:
        raise StatementRefused([Problem(None, None, "statement_no_table")])
    headings = [plain(cell.text) for cell in sheet.rows[top]]
    columns = assign([heading for heading in headings if heading], saved)
    facts = title_facts(sheet.rows[:top])
    problems = [Problem(top + 1, column, "statement_column_missing") for column in missing_columns(columns)]
    lines: list[ParsedLine] = []
    if not problems:
        lines, problems = _read_rows(sheet, top, headings, columns)
        problems += _currency(facts) + _within_period(facts, lines) + _serials(lines)
        if not lines and not problems:
            problems = [Problem(None, None, "statement_without_lines")]
        # A line that is left out would break the chain beside it, which says nothing new.
        if not any(problem.row for problem in problems):
            lines, broken = in_booking_order(lines)
            problems += broken
    named = tuple(heading for heading in headings if heading)
    number = account_number(facts.get("account", ""))
    return ParsedStatement(named, columns, tuple(lines), tuple(problems), number, sheet.encoding)


def _read_rows(
    sheet: Sheet, top: int, headings: list[str], columns: Columns
) -> tuple[list[ParsedLine], list[Problem]]:
    place = {column: headings.index(heading) for column, heading in columns.items()}
    lines: list[ParsedLine] = []
    problems: list[Problem] = []
    last = max((index for index, cells in enumerate(sheet.rows) if any(not c.blank for c in cells)), default=top)
    for index in range(top + 1, last + 1):
        cells = sheet.rows[index]
        if all(cell.blank for cell in cells) or (cells and _END.match(plain(cells[0].text))):
            continue
        found = _Row(index + 1, {column: cells[at] if at < len(cells) else BLANK for column, at in place.items()})
        line = found.line()
        if line is not None:
            lines.append(line)
        elif index == last and not sheet.ends_clean:
            problems.append(Problem(index + 1, found.problems[0].column, "statement_cut_off_at"))
        problems += found.problems if line is None and (index < last or sheet.ends_clean) else []
    problems += _cut_serial(sheet, lines)
    return lines, problems


class _Row:
    """One row being read; what is wrong with it is collected."""

    def __init__(self, row: int, cells: dict[Column, Cell]) -> None:
        self.row = row
        self.cells = cells
        self.problems: list[Problem] = []

    def line(self) -> ParsedLine | None:
        """The line, or None when something is wrong."""
        when = day_and_time(self._cell(Column.DAY))
        if when is None:
            self._refuse(Column.DAY, "statement_no_day")
        amount, balance = self._amount(), self._money(Column.BALANCE, needed=True)
        serial = serial_of(self._cell(Column.SERIAL))
        if not serial:
            self._refuse(Column.SERIAL, "statement_no_serial" if serial == "" else "statement_serial_lost_digits")
        for column, most in _LONGEST.items():
            if len(self._text(column)) > most:
                self._refuse(column, "statement_text_long", longest=most)
        if self.problems or when is None or amount is None or balance is None or not serial:
            return None
        return ParsedLine(
            self.row,
            serial,
            when[0],
            time_of(self._text(Column.TIME)) or when[1],
            self._text(Column.SUMMARY),
            amount,
            balance,
            self._text(Column.PAYER),
            account_number(self._text(Column.PAYER_ACCOUNT)),
            without_account_numbers(self._text(Column.MEMO)),
        )

    def _amount(self) -> int | None:
        if Column.AMOUNT in self.cells:
            amount = self._money(Column.AMOUNT, needed=True)
        else:
            debit, credit = self._money(Column.DEBIT), self._money(Column.CREDIT)
            if debit and credit:
                self._refuse(Column.DEBIT, "statement_both_sides")
            amount = None if debit is None or credit is None else credit - debit
        if amount == 0:
            self._refuse(Column.CREDIT, "statement_no_amount")
        return amount

    def _money(self, column: Column, *, needed: bool = False) -> int | None:
        cell = self._cell(column)
        fen = fen_of(cell)
        if fen is None or (needed and cell.blank):
            self._refuse(column, "statement_not_money")
            return None
        return fen

    def _cell(self, column: Column) -> Cell:
        return self.cells.get(column, BLANK)

    def _text(self, column: Column) -> str:
        return plain(self._cell(column).text)

    def _refuse(self, column: Column, code: str, **params: object) -> None:
        self.problems.append(Problem(self.row, column, code, dict(params)))


def _cut_serial(sheet: Sheet, lines: list[ParsedLine]) -> list[Problem]:
    """A file that ends within its last serial number: shorter than all the others."""
    if sheet.ends_clean or len(lines) < 2 or len(lines[-1].serial) >= min(len(one.serial) for one in lines[:-1]):
        return []
    return [Problem(lines[-1].row, Column.SERIAL, "statement_cut_off_at")]


def _currency(facts: dict[str, str]) -> list[Problem]:
    named = facts.get("currency", "")
    if not named or named.upper() in CURRENCIES:
        return []
    return [Problem(None, None, "statement_wrong_currency", {"currency": named[:20]})]


def _within_period(facts: dict[str, str], lines: list[ParsedLine]) -> list[Problem]:
    match = _PERIOD.search(facts.get("period", ""))
    days = [day_and_time(Cell(BLANK.kind, text)) for text in match.groups()] if match else []
    if len(days) != 2 or days[0] is None or days[1] is None:
        return []
    first, last = days[0][0], days[1][0]
    params = {"first": first, "last": last}
    return [
        Problem(one.row, Column.DAY, "statement_day_outside_period", params)
        for one in lines
        if not first <= one.booked_on <= last
    ]


def _serials(lines: list[ParsedLine]) -> list[Problem]:
    seen: dict[str, int] = {}
    problems = []
    for one in lines:
        if one.serial in seen:
            params = {"first_row": seen[one.serial]}
            problems.append(Problem(one.row, Column.SERIAL, "statement_serial_twice", params))
        seen.setdefault(one.serial, one.row)
    return problems


def in_booking_order(lines: list[ParsedLine]) -> tuple[list[ParsedLine], list[Problem]]:
    """The lines oldest first, and each whose balance does not follow from the one before it."""
    forwards, backwards = _breaks(lines), _breaks(lines[::-1])
    if len(backwards) < len(forwards):
        return lines[::-1], backwards
    return lines, forwards


def _breaks(lines: list[ParsedLine]) -> list[Problem]:
    problems = []
    before: int | None = None
    for index, one in enumerate(lines):
        expected = one.balance_fen if before is None else before + one.amount_fen
        before = one.balance_fen
        if expected == one.balance_fen:
            continue
        problems.append(Problem(one.row, Column.BALANCE, "statement_balance_breaks", {"expected_fen": expected}))
        following = lines[index + 1] if index + 1 < len(lines) else None
        if following and expected + following.amount_fen == following.balance_fen:
            before = expected  # This balance alone was changed; what comes after it follows.
    return problems
