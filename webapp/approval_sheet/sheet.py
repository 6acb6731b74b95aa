"""The approval sheet filled from a case: made when it is asked for, of what its reader may see."""

from __future__ import annotations

from flask_babel import force_locale
from flask_babel import gettext as _
from sqlalchemy.orm import Session

from channels.papers import ApprovalSheetData, Fact, Letterhead, Paper, issue
from channels.papers.glyphs import legible
from channels.papers.render import Language
from engine.api import Instance
from kernel.actor import Actor
from kernel.clock import Clock, business_date
from ledger.organisation.models import Project
from ledger.organisation.queries import names_of_paths, project_at
from webapp.approval_sheet.case import SheetCase
from webapp.approval_sheet.facts import facts_of
from webapp.approval_sheet.moves import moves_of
from webapp.approval_sheet.steps import outcome_of, steps_of
from webapp.engine_room import engine_for
from webapp.formatting import moment


def approval_sheet(
    session: Session, actor: Actor, clock: Clock, instance_id: str, language: str
) -> tuple[str, Paper]:
    """The number and the PDF; raises `Missing` for a case that is not the reader's to see."""
    printed: Language = "en" if language == "en" else "zh"
    with force_locale(printed):
        data = sheet_data(session, actor, clock, instance_id)
    return data.number, issue(data, language=printed)


def sheet_data(session: Session, actor: Actor, clock: Clock, instance_id: str) -> ApprovalSheetData:
    """What the sheet says, in the language of this answer."""
    case = SheetCase.read(session, actor, engine_for(session, actor, clock), instance_id)
    instance = case.instance
    project = project_at(session, instance.scope)
    steps = steps_of(case)
    return legible(
        ApprovalSheetData(
            number=number_of(instance),
            issued_on=business_date(clock, project.zone if project else "Asia/Shanghai").isoformat(),
            letterhead=_letterhead(session, instance.scope, project),
            kind=case.process,
            applicant=case.applicant or "—",
            applied_at=moment(instance.started_at),
            subject=case.subject or case.process,
            reason=case.reason or "—",
            facts=tuple(facts_of(session, case)) or (Fact(name=_("Case"), value=instance.id),),
            steps=steps,
            moves=moves_of(case),
            outcome=outcome_of(case, steps),
            content_hash=str(case.data.get("content_hash") or ""),
            printed=_("Printed by %(who)s on %(at)s", who=actor.name, at=moment(clock.now())),
        )
    )


def number_of(instance: Instance) -> str:
    """The number of the sheet: the same for a case, whenever and by whomever it is printed."""
    day = f"{instance.started_at:%Y%m%d}" if instance.started_at else ""
    return f"SP-{day}-{instance.id[-8:].upper()}"


def _letterhead(session: Session, path: str, project: Project | None) -> Letterhead:
    """The developer and under it the project; where there is none, the group and the node."""
    if project is not None:
        company = project.developer or project.name
        return Letterhead(company=company, project=project.name, address=project.address)
    group = f"/{path.strip('/').partition('/')[0]}/"
    known = names_of_paths(session, {path, group})
    here = known.get(path) or known.get(group) or "—"
    return Letterhead(company=known.get(group) or here, project=here)
