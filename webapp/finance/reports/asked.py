"""What a report is asked for in its address, read field by field; refusals stand beside their fields."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date

from flask import request
from sqlalchemy.orm import Session

from kernel.actor import Actor
from kernel.errors import Invalid, KeyturnError
from ledger.finance.kinds import Debtor, ReceivableClass
from ledger.finance.reports.ageing import Band
from ledger.finance.reports.standing import PLANS, ReportFilter, require_past
from ledger.organisation.models import Project
from ledger.organisation.queries import list_projects
from ledger.staff.permissions import Permission
from webapp.finance.desk import asked, today
from webapp.wording import word


class Asked:
    """Reads the fields of an address and keeps what was refused, in words, by field."""

    def __init__(self, session: Session, actor: Actor) -> None:
        self.session, self.actor = session, actor
        self.errors: dict[str, str] = {}

    def refuse(self, refused: KeyturnError) -> None:
        """Note a refusal beside its field; one without a field is raised again."""
        if refused.field is None:
            raise refused
        self.errors.setdefault(refused.field, word(refused.code, refused.params))

    def day(self, name: str, default: date) -> date:
        """A date, or the default when it was left empty or is none."""
        text = request.args.get(name, "").strip()
        try:
            return date.fromisoformat(text) if text else default
        except ValueError:
            self.refuse(Invalid("not_a_date", field=name))
            return default

    def past_day(self, name: str, default: date) -> date:
        """A date of which there can be a report; one that was given is checked."""
        found = self.day(name, default)
        if request.args.get(name, "").strip() and name not in self.errors:
            try:
                require_past(self.session, self.actor, found, today=today(), field=name)
            except Invalid as refused:
                self.refuse(refused)
        return found

    def required_past_day(self, name: str, default: date) -> date:
        """The same for a file, which has no place for a refusal. Raises `Invalid`."""
        text = request.args.get(name, "").strip()
        try:
            found = date.fromisoformat(text) if text else default
        except ValueError as wrong:
            raise Invalid("not_a_date", field=name) from wrong
        return require_past(self.session, self.actor, found, today=today(), field=name) if text else found

    def band(self, bands: Sequence[Band]) -> Band | None:
        """The class of age that is asked for, or None for all."""
        return next((band for band in bands if band.key == request.args.get("band")), None)

    @property
    def status(self) -> int:
        """422 when something was refused."""
        return 422 if self.errors else 200


def asked_filter(*, class_: ReceivableClass | None = None) -> ReportFilter:
    """What the address cuts a report to; words that do not exist cut nothing."""
    plan, debtor = request.args.get("plan", ""), asked("debtor", Debtor)
    kind = asked("class", ReceivableClass)
    return ReportFilter(
        project_id=request.args.get("project") or None,
        plan=plan if plan in PLANS else None,
        debtor=Debtor(debtor) if debtor else None,
        class_=ReceivableClass(kind) if kind else class_,
        sale_id=request.args.get("sale") or None,
    )


def visible_projects(session: Session, actor: Actor) -> list[Project]:
    """The projects that reports can be cut to."""
    return list_projects(session, actor, Permission.FINANCE_VIEW)


def place_of(projects: list[Project], project_id: str | None) -> str:
    """The place whose parameters a report uses: its project, or what all its projects stand below."""
    paths = [p.path for p in projects if project_id in (None, p.id)]
    if not paths:
        return "/"
    parts = [path.strip("/").split("/") for path in paths]
    shared = []
    for names in zip(*parts, strict=False):
        if len(set(names)) > 1:
            break
        shared.append(names[0])
    return "/" + "".join(f"{name}/" for name in shared)
