"""What the sheet of a case says, and as a preview: made when it is asked for, of what its reader may see."""

from __future__ import annotations

from dataclasses import replace

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
from webapp.formatting import moment
from webapp.paperwork.made import typeset

KIND = "approval_sheet"
ZONE = "Asia/Shanghai"


def preview(session: Session, actor: Actor, clock: Clock, instance_id: str, language: str) -> tuple[str, Paper]:
    """The number and the PDF of the case as it stands, marked as not final.

    Raises `Missing` for a case that is not the reader's to see.
    """
    printed: Language = "en" if language == "en" else "zh"
    with force_locale(printed):
        case = SheetCase.read(session, actor, clock, instance_id)
        data = _with_printer(_told(session, case, clock), actor, clock)
    text, version = text_in_force(session, KIND, case.instance.scope, printed)
    kind = kind_of(KIND)
    values = complete(data.values(), kind)
    label = version_label(version) if version else ""
    filled = fill(text, kind, values, printed)
    return data.number, typeset(filled, values, language=printed, version=label, draft=True)


def sheet_data(session: Session, actor: Actor, clock: Clock, instance_id: str) -> ApprovalSheetData:
    """What the preview says, in the language of this answer."""
    case = SheetCase.read(session, actor, clock, instance_id)
    return _with_printer(_told(session, case, clock), actor, clock)


def kept_data(session: Session, case: SheetCase, clock: Clock, outcome: str) -> ApprovalSheetData:
    """What the sheet to keep says: the case as it stood when its approval ended, with the outcome in words."""
    return replace(_told(session, case, clock), outcome=outcome)


def _with_printer(data: ApprovalSheetData, actor: Actor, clock: Clock) -> ApprovalSheetData:
    return replace(data, printed=_("Printed by %(who)s on %(at)s", who=actor.name, at=moment(clock.now())))


def _told(session: Session, case: SheetCase, clock: Clock) -> ApprovalSheetData:
    instance = case.instance
    project = project_at(session, instance.scope)
    steps = steps_of(case)
    company, name, address = _letterhead(session, instance.scope, project)
    return legible(
        ApprovalSheetData(
            number=number_of(instance),
            issued_on=business_date(clock, project.zone if project else ZONE).isoformat(),
            company=company,
            project=name,
            project_address=address,
            kind=case.process,
            applicant=case.applicant or "—",
            applied_at=moment(instance.started_at, case.zone),
            subject=case.subject or case.process,
            reason=case.reason or "—",
            facts=tuple(facts_of(session, case)) or (Fact(name=_("Case"), value=instance.id),),
            steps=steps,
            moves=moves_of(case),
            outcome=outcome_of(case, steps),
            content_hash=str(case.data.get("content_hash") or ""),
        )
    )


def number_of(instance: Instance) -> str:
    """What a preview is called: the same for a case, whenever and by whomever it is printed."""
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
