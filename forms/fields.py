"""The marshmallow fields of answers: what people type becomes plain process data, or a coded refusal.

A string is what a person typed: money in yuan, a discount in per cent. An integer is what process data holds:
fen, basis points. Binary fractions (JSON numbers with a point) are refused for money: they cannot be exact.
"""

from __future__ import annotations

import unicodedata
from collections.abc import Mapping
from datetime import UTC, date, datetime
from decimal import Decimal
from fractions import Fraction
from typing import Any
from zoneinfo import ZoneInfo

import regex
from marshmallow import ValidationError, fields, missing

from kernel.clock import DEFAULT_ZONE

#: Larger amounts are typing mistakes: ten thousand million yuan.
ABSURD_FEN = 10**12
TEXT_LIMIT = 500
TEXTAREA_LIMIT = 5000
PATTERN_SECONDS = 0.2

Refusal = tuple[str, dict[str, object]]


def refuse(code: str, **params: object) -> ValidationError:
    """A refusal as (code, params), to be worded in the reader's language."""
    return ValidationError([(code, params)])


class Answer(fields.Field[Any]):
    """The parent of every answer: blank means absent, refusals are codes."""

    def make_error(self, key: str, **kwargs: Any) -> ValidationError:
        """Marshmallow's own reasons, as codes."""
        return refuse({"required": "answer_required", "null": "answer_required"}.get(key, "answer_invalid"))

    def deserialize(self, value: Any, attr: str | None = None, data: Any = None, **kwargs: Any) -> Any:
        """The clean value; blank text and nothing at all count as absent."""
        if value is None or (isinstance(value, str) and not value.strip()) or value == []:
            value = missing
        return super().deserialize(value, attr, data, **kwargs)


class Text(Answer):
    """Text without control characters, within a length, matching a pattern where there is one."""

    def __init__(self, *, limit: int, least: int = 0, pattern: str | None = None, lines: bool = False, **kw: Any):
        super().__init__(**kw)
        self.limit, self.least, self.pattern, self.lines = limit, least, pattern, lines

    def _deserialize(self, value: Any, attr: str | None, data: Any, **kwargs: Any) -> str:
        if not isinstance(value, str):
            raise refuse("answer_not_text")
        value = value.strip().replace("\r\n", "\n")
        allowed = "\n\t" if self.lines else ""
        if any(unicodedata.category(c) in ("Cc", "Cs") and c not in allowed for c in value):
            raise refuse("answer_control_characters")
        if len(value) > self.limit:
            raise refuse("answer_too_long", limit=self.limit)
        if len(value) < self.least:
            raise refuse("answer_too_short", limit=self.least)
        if self.pattern and not self._matches(value):
            raise refuse("answer_pattern")
        return value

    def _matches(self, value: str) -> bool:
        try:
            return regex.fullmatch(str(self.pattern), value, timeout=PATTERN_SECONDS) is not None
        except TimeoutError:
            return False


class Whole(Answer):
    """A whole number within limits. Subclasses read other ways of typing one."""

    def __init__(self, *, minimum: int | None = None, maximum: int | None = None, **kw: Any):
        super().__init__(**kw)
        self.minimum, self.maximum = minimum, maximum

    def _deserialize(self, value: Any, attr: str | None, data: Any, **kwargs: Any) -> int:
        number = value if isinstance(value, int) and not isinstance(value, bool) else self.typed(value)
        self.limits(number)
        return number

    def typed(self, value: object) -> int:
        """The number a person typed."""
        number = _decimal(value)
        if number is None:
            raise refuse("number_invalid")
        if number != int(number):
            raise refuse("number_not_whole")
        return int(number)

    def limits(self, number: int) -> None:
        """Refuse a number outside the limits."""
        if abs(number) > 10**15:
            raise refuse("number_absurd")
        if self.minimum is not None and number < self.minimum:
            raise refuse("number_too_small", minimum=self.minimum)
        if self.maximum is not None and number > self.maximum:
            raise refuse("number_too_large", maximum=self.maximum)


class Money(Whole):
    """An amount of money in fen, typed in yuan with at most two decimals, never negative."""

    def typed(self, value: object) -> int:
        """Yuan as typed, in fen."""
        number = _decimal(value)
        if number is None:
            raise refuse("money_invalid")
        if number * 100 != int(number * 100):
            raise refuse("money_third_decimal")
        return int(number * 100)

    def limits(self, number: int) -> None:
        """Refuse negative and absurd amounts, then those outside the form's own limits."""
        if number < 0:
            raise refuse("money_negative")
        if number > ABSURD_FEN:
            raise refuse("money_absurd", maximum_fen=ABSURD_FEN)
        if self.minimum is not None and number < self.minimum:
            raise refuse("money_too_small", minimum_fen=self.minimum)
        if self.maximum is not None and number > self.maximum:
            raise refuse("money_too_large", maximum_fen=self.maximum)


class Percent(Whole):
    """Basis points, typed in per cent with at most two decimals, 0 to 100 % if the form says nothing else."""

    def typed(self, value: object) -> int:
        """Per cent as typed, in basis points."""
        number = _decimal(value.strip().rstrip("%％") if isinstance(value, str) else value)
        if number is None:
            raise refuse("percent_invalid")
        if number * 100 != int(number * 100):
            raise refuse("percent_third_decimal")
        return int(number * 100)

    def limits(self, number: int) -> None:
        """Refuse what lies outside the limits."""
        least, most = self.minimum or 0, 10_000 if self.maximum is None else self.maximum
        if not least <= number <= most:
            raise refuse("percent_out_of_range", minimum_bp=least, maximum_bp=most)


class Share(Answer):
    """A buyer's share as an exact fraction ``n/d``: typed as 1/3, 50 or 33.3 %, above 0 and at most 1."""

    def _deserialize(self, value: Any, attr: str | None, data: Any, **kwargs: Any) -> str:
        share = read_share(value)
        if share is None or share.denominator > 10_000:
            raise refuse("share_invalid")
        if not 0 < share <= 1:
            raise refuse("share_out_of_range")
        return f"{share.numerator}/{share.denominator}"


class Day(Answer):
    """A calendar day, ISO. Whether it lies before or after today is for the validator, which has the clock."""

    def _deserialize(self, value: Any, attr: str | None, data: Any, **kwargs: Any) -> str:
        try:
            return date.fromisoformat(str(value).strip()).isoformat()
        except ValueError as error:
            raise refuse("date_invalid") from error


class Moment(Answer):
    """An instant in UTC, ISO; without an offset it is read in the company's zone."""

    def _deserialize(self, value: Any, attr: str | None, data: Any, **kwargs: Any) -> str:
        try:
            moment = datetime.fromisoformat(str(value).strip())
        except ValueError as error:
            raise refuse("date_invalid") from error
        zoned = moment if moment.tzinfo else moment.replace(tzinfo=ZoneInfo(DEFAULT_ZONE))
        return zoned.astimezone(UTC).isoformat().replace("+00:00", "Z")


class Choice(Answer):
    """One of the values offered."""

    def __init__(self, *, values: tuple[str, ...], **kw: Any):
        super().__init__(**kw)
        self.values = values

    def _deserialize(self, value: Any, attr: str | None, data: Any, **kwargs: Any) -> str:
        if not isinstance(value, str) or value not in self.values:
            raise refuse("choice_unknown")
        return value


class Choices(Choice):
    """Several of the values offered, in the order of the form, each once."""

    def _deserialize(self, value: Any, attr: str | None, data: Any, **kwargs: Any) -> list[str]:  # type: ignore[override]
        chosen = [value] if isinstance(value, str) else value
        if not isinstance(chosen, list) or not all(isinstance(v, str) and v in self.values for v in chosen):
            raise refuse("choice_unknown")
        return [v for v in self.values if v in chosen]


class Tick(Answer):
    """Yes or no; a browser sends nothing for no."""

    def deserialize(self, value: Any, attr: str | None = None, data: Any = None, **kwargs: Any) -> bool:
        """Whether it is ticked; a required tick must be set."""
        words = {
            "on": True,
            "true": True,
            "1": True,
            "yes": True,
            "": False,
            "off": False,
            "false": False,
            "0": False,
        }
        if value is missing or value is None:
            value = False
        if isinstance(value, str):
            value = words.get(value.strip().lower())
        if not isinstance(value, bool):
            raise refuse("answer_not_yes_or_no")
        if self.required and not value:
            raise refuse("answer_required")
        return value


class Identifier(Answer):
    """The id of a thing that was looked up. Whether it exists is for the ledger to say."""

    def _deserialize(self, value: Any, attr: str | None, data: Any, **kwargs: Any) -> str:
        if not isinstance(value, str) or not regex.fullmatch(r"[0-9A-Za-z_.-]{1,64}", value.strip()):
            raise refuse("pick_invalid")
        return value.strip()


def read_share(value: object) -> Fraction | None:
    """A share as typed: a fraction, or per cent with or without the sign; None when it is neither."""
    if not isinstance(value, str):
        return Fraction(value, 100) if isinstance(value, int) and not isinstance(value, bool) else None
    text = unicodedata.normalize("NFKC", value).strip()
    if match := regex.fullmatch(r"(\d{1,6})\s*/\s*(\d{1,6})", text):
        return Fraction(int(match[1]), int(match[2])) if int(match[2]) else None
    number = _decimal(text.rstrip("%"))
    return None if number is None else Fraction(number) / 100


def _decimal(value: object) -> Decimal | None:
    """A decimal number as people type it, full-width digits, thousands marks and ¥ included; else None."""
    if isinstance(value, int) and not isinstance(value, bool):
        return Decimal(value)
    if not isinstance(value, str):
        return None
    text = unicodedata.normalize("NFKC", value).replace(",", "").replace(" ", "").lstrip("¥")
    return Decimal(text) if regex.fullmatch(r"-?\d{1,20}(\.\d{1,20})?", text) else None


class Rows(Answer):
    """A list of rows; each row is checked by the columns shown for it."""

    def __init__(self, *, load_row: Any, minimum: int, maximum: int, sum_column: str | None, **kw: Any):
        super().__init__(**kw)
        self.load_row, self.minimum, self.maximum, self.sum_column = load_row, minimum, maximum, sum_column

    def _deserialize(self, value: Any, attr: str | None, data: Any, **kwargs: Any) -> list[dict[str, Any]]:
        if not isinstance(value, list) or not all(isinstance(row, Mapping) for row in value):
            raise refuse("rows_invalid")
        if len(value) < self.minimum:
            raise refuse("rows_too_few", minimum=self.minimum)
        if len(value) > self.maximum:
            raise refuse("rows_too_many", maximum=self.maximum)
        rows, errors = [], {}
        for index, row in enumerate(value):
            try:
                rows.append(self.load_row(row, data or {}))
            except ValidationError as error:
                errors[index] = error.messages
        if errors:
            raise ValidationError(errors)
        self._check_sum(rows)
        return rows

    def _check_sum(self, rows: list[dict[str, Any]]) -> None:
        """Shares that are given sum to exactly one (DOMAIN §10.2)."""
        shares = [row[self.sum_column] for row in rows if row.get(self.sum_column)] if self.sum_column else []
        if shares and sum(map(Fraction, shares)) != 1:
            raise refuse("shares_not_one", total=str(sum(map(Fraction, shares))))
