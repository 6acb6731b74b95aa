"""The approval sheet filled from a case: made when it is asked for, of what its reader may see."""

from __future__ import annotations

from flask_babel import force_locale
from flask_babel import gettext as _
from sqlalchemy.orm import Session

from channels.papers import Paper
from channels.papers.glyphs import legible
from channels.papers.render import Language
from engine.api import Instance
from kernel.actor import Actor
from kernel.clock import Clock, business_date
from ledger.organisation.models import Project
from ledger.organisation.queries import names_of_paths, project_at
from ledger.templates.catalogue import kind_of
from ledger.templates.choosing import text_in_force
from ledger.templates.filling import fill
from ledger.templates.making import complete, version_label
from webapp.approval_sheet.case import SheetCase
from webapp.approval_sheet.data import ApprovalSheetData, Fact
from webapp.approval_sheet.facts import facts_of
from webapp.approval_sheet.moves import moves_of
from webapp.approval_sheet.steps import outcome_of, steps_of
from webapp.engine_room import engine_for
from webapp.formatting import moment
from webapp.paperwork.made import typeset

KIND = "approval_sheet"


def approval_sheet(
    session: Session, actor: Actor, clock: Clock, instance_id: str, language: str
) -> tuple[str, Paper]:
    """The number and the PDF; raises `Missing` for a case that is not the reader's to see."""
    printed: Language = "en" if language == "en" else "zh"
    with force_locale(printed):
        data, path = _read(session, actor, clock, instance_id)
    text, version = text_in_force(session, KIND, path, printed)
    kind = kind_of(KIND)
    values = complete(data.values(), kind)
    label = version_label(version) if version else ""
    return data.number, typeset(fill(text, kind, values, printed), values, language=printed, version=label)


def sheet_data(session: Session, actor: Actor, clock: Clock, instance_id: str) -> ApprovalSheetData:
    """What the sheet says, in the language of this answer."""
    return _read(session, actor, clock, instance_id)[0]


def _read(session: Session, actor: Actor, clock: Clock, instance_id: str) -> tuple[ApprovalSheetData, str]:
    """What the sheet says, and the node that its case belongs to."""
    case = SheetCase.read(session, actor, engine_for(session, actor, clock), instance_id)
    instance = case.instance
    project = project_at(session, instance.scope)
    steps = steps_of(case)
    company, name, address = _letterhead(session, instance.scope, project)
    data = legible(
        ApprovalSheetData(
            number=number_of(instance),
            issued_on=business_date(clock, project.zone if project else "Asia/Shanghai").isoformat(),
            company=company,
            project=name,
            project_address=address,
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
    return data, instance.scope


def number_of(instance: Instance) -> str:
    """The number of the sheet: the same for a case, whenever and by whomever it is printed."""
    day = f"{instance.started_at:%Y%m%d}" if instance.started_at else ""
    return f"SP-{day}-{instance.id[-8:].upper()}"


def _letterhead(session: Session, path: str, project: Project | None) -> tuple[str, str, str]:
    """The developer, under it the project, its address; where there is none, the group and the node."""
    if project is not None:
        return project.developer or project.name, project.name, project.address
    group = f"/{path.strip('/').partition('/')[0]}/"
    known = names_of_paths(session, {path, group})
    here = known.get(path) or known.get(group) or "—"
    return known.get(group) or here, here, ""
