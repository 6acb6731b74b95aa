"""Before and after of every field and the money of a change, as pages and workbooks show them."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from flask_babel import gettext as _

from kernel.actor import Actor
from ledger.staff.permissions import Permission
from webapp.formatting import day, percent, yuan
from webapp.language import current_language
from webapp.process_data import FLOOR
from webapp.wording import is_worded, state_name

# Ids that stand beside their words, and the lines, which have a table of their own.
_APART = {"lines", "plan_id", "unit_id", "buyer_ids"}
_KEPT_FROM = dict.fromkeys(FLOOR, Permission.UNITS_VIEW_FLOOR_PRICE)


@dataclass(frozen=True)
class FieldRow:
    """A field in words before and after; ``changes`` when they differ."""

    label: str
    before: str
    after: str
    changes: bool


@dataclass(frozen=True)
class MoneyRow:
    """A line of the money effect in words; money is fen."""

    does: str
    what: str
    debtor: str
    due_on: str
    amount_fen: int
    estimate: bool


def field_rows(before: Mapping[str, Any], after: Mapping[str, Any], actor: Actor, path: str) -> list[FieldRow]:
    """Every field of a change that the reader may see, in the order of the previews."""
    names = [name for name in dict.fromkeys([*before, *after]) if name not in _APART]
    seen = [name for name in names if name not in _KEPT_FROM or actor.may(_KEPT_FROM[name], path)]
    return [
        FieldRow(
            state_name(f"change_value.{name}"),
            _words(name, before.get(name)),
            _words(name, after.get(name)),
            before.get(name) != after.get(name),
        )
        for name in seen
    ]


def money_rows(money: Sequence[Mapping[str, Any]]) -> list[MoneyRow]:
    """The lines of a money effect in words."""
    return [
        MoneyRow(
            state_name(f"change_does.{line['does']}"),
            _what(line["what"]),
            state_name(f"debtor.{line['debtor']}") if line.get("debtor") else "",
            day(line["due_on"]) if line.get("due_on") else "",
            line["amount_fen"],
            bool(line.get("estimate")),
        )
        for line in money
    ]


def _what(what: str) -> str:
    own = f"change_money.{what}"
    return state_name(own if is_worded(own) else f"receivable_kind.{what}")


def _words(name: str, value: Any) -> str:
    if value is None or value in ([], ""):
        return "—"
    if isinstance(value, bool):
        return _("Yes") if value else _("No")
    if isinstance(value, int):
        return _fen(value) if name.endswith("_fen") else percent(value) if name.endswith("_bp") else str(value)
    if isinstance(value, list):
        return "\n".join(_words(name, one) for one in value)
    return _map(value) if isinstance(value, Mapping) else _text(name, str(value))


def _fen(fen: int) -> str:
    return f"{'−' if fen < 0 else ''}¥{yuan(abs(fen))}"


def _text(name: str, value: str) -> str:
    code = f"change_word.{value}"
    return day(value) if name.endswith("_on") else state_name(code) if is_worded(code) else value


def _map(value: Mapping[str, Any]) -> str:
    """Names by language, a discount line, or whatever else a preview holds, in one line."""
    if set(value) <= {"zh", "en"}:
        return str(value.get(current_language()) or next(iter(value.values()), ""))
    if "taken_off_fen" in value:
        return f"{value.get('name', '')} −{_fen(value['taken_off_fen'])}"
    return " · ".join(_words(name, one) for name, one in value.items() if one is not None and name not in _APART)
