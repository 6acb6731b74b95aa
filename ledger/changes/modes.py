"""How a kind of change is approved at a project (审批方式): nobody, one role, or the matrix (FEATURES D6)."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from sqlalchemy import select
from sqlalchemy.orm import Session

from ledger.organisation.models import ParameterSetting
from ledger.organisation.parameters import CHANGE_MODES, CHANGE_SIMPLE_APPROVER
from ledger.organisation.queries import parameter
from ledger.scope import paths_above


@dataclass(frozen=True)
class Mode:
    """The mode and the setting it comes from: a running order keeps both, whatever is set later."""

    name: str
    version: str


def mode_on(session: Session, kind: str, path: str, on: date) -> Mode:
    """The mode of a kind at a node on a day; without a setting it is the registry's default."""
    name = CHANGE_MODES[kind].name
    settings = session.execute(
        select(ParameterSetting.path, ParameterSetting.value, ParameterSetting.effective_from)
        .where(
            ParameterSetting.name == name,
            ParameterSetting.path.in_(paths_above(path)),
            ParameterSetting.effective_from <= on,
        )
        .order_by(ParameterSetting.effective_from, ParameterSetting.sequence)
    )
    by_path = {row.path: (row.value, row.effective_from) for row in settings}
    for node in paths_above(path):
        value, since = by_path.get(node, (None, None))
        if value is not None:
            return Mode(str(value), f"{since.isoformat()} {node}")
    return Mode(str(CHANGE_MODES[kind].default), "default")


def simple_approver(session: Session, path: str, on: date) -> str:
    """The role that approves alone where the mode is simple."""
    return parameter(session, path, CHANGE_SIMPLE_APPROVER, on)
