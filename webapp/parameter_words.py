"""Parameters and their values in the reader's words."""

from __future__ import annotations

from fractions import Fraction
from typing import Any

from flask_babel import gettext as _
from flask_babel import ngettext

from ledger.organisation.parameters import Parameter
from ledger.staff.roles import ROLES
from webapp.formatting import percent, yuan
from webapp.language import current_language
from webapp.wording import state_name


def label_of(definition: Parameter[Any]) -> str:
    """What a parameter is called in the reader's language."""
    return definition.label_zh if current_language() == "zh" else definition.label


def stored(definition: Parameter[Any], value: Any) -> str:
    """A stored setting in words; none gives the inheritance back."""
    return _("inherited") if value is None else shown(definition, definition.read(value))


def shown(definition: Parameter[Any], value: Any) -> str:
    """A value in words, with its unit."""
    if definition.type == "boolean":
        return _("yes") if value else _("no")
    if definition.type == "choice":
        return choice_name(value)
    if definition.type == "rate":
        return _("%(rate)s%% a day", rate=plain_percent(value))
    if definition.type == "day_list":
        return _("%(days)s days", days=str(value).replace(",", ", "))
    return _with_unit(definition.unit, value)


def choice_name(choice: str) -> str:
    """A choice in words; a role is called what it is called everywhere."""
    return state_name(f"role.{choice}" if choice in ROLES else f"parameter_choice.{choice}")


def _with_unit(unit: str, value: Any) -> str:
    if unit == "fen":
        return f"¥{yuan(value)}"
    if unit == "basis_points":
        return percent(value)
    if unit == "days":
        return ngettext("%(num)d day", "%(num)d days", value)
    return ngettext("%(num)d hour", "%(num)d hours", value) if unit == "hours" else str(value)


def plain_percent(rate: Fraction) -> str:
    """A rate as per cent; one that no decimal number can say stays a fraction."""
    whole = rate * 100
    text = f"{float(whole):.6f}".rstrip("0").rstrip(".")
    return text if Fraction(text) == whole else str(whole)
