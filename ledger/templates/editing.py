"""A template's life: drafted and proposed by one person, released by a second, retired; each act is recorded."""

from __future__ import annotations

from sqlalchemy import select
from sqlalchemy.orm import Session

from kernel import audit
from kernel.actor import Actor
from kernel.clock import Clock
from kernel.errors import NotAllowed
from ledger.locking import locked
from ledger.organisation.queries import get_node
from ledger.scope import get_scoped, scoped
from ledger.staff.permissions import Permission
from ledger.templates.catalogue import kind_of
from ledger.templates.checking import parsed_text
from ledger.templates.choosing import next_version, text_in_force
from ledger.templates.errors import LineError, TemplateStale, TemplateState, TextRefused
from ledger.templates.kinds import LANGUAGES
from ledger.templates.models import PaperTemplate

_LONGEST_NOTE = 500


def begin_draft(
    session: Session, actor: Actor, clock: Clock, *, kind: str, path: str, language: str
) -> PaperTemplate:
    """A draft at a node, with the text that papers there are made of now; an open one is found again.

    Raises `KindUnknown`, `NodeMissing`, `NotAllowed`, `TemplateState` for a language that papers have not.
    """
    actor.require(Permission.TEMPLATES_MANAGE, path)
    kind_of(kind)
    get_node(session, path)
    if language not in LANGUAGES:
        raise TemplateState(field="language")
    rule = (
        (PaperTemplate.kind == kind) & (PaperTemplate.path == path) & (PaperTemplate.language == language)
    ) & PaperTemplate.state.in_(("draft", "proposed"))
    found = session.scalars(select(PaperTemplate).where(rule)).one_or_none()
    if found is not None:
        return found
    text, _version = text_in_force(session, kind, path, language)
    draft = PaperTemplate(
        kind=kind,
        path=path,
        language=language,
        version=next_version(session, kind, path, language),
        text=text,
        state="draft",
        created_at=clock.now(),
        created_by=actor.id,
        changed_at=clock.now(),
        changed_by=actor.id,
    )
    session.add(draft)
    session.flush()  # The audit row names its id.
    _note(session, actor, clock, "draft", draft)
    return draft


def save_draft(
    session: Session, actor: Actor, clock: Clock, *, template_id: str, text: str, seen: int | None = None
) -> PaperTemplate:
    """Change a draft's text. Raises `TextRefused` by line, `TemplateStale` when the draft is another than seen."""
    draft = _locked(session, actor, Permission.TEMPLATES_MANAGE, template_id, "draft")
    if seen is not None and seen != draft.revision:
        raise TemplateStale(by=draft.changed_by, at=draft.changed_at)
    clean = written(text)
    parsed_text(clean, kind_of(draft.kind))
    draft.text, draft.revision = clean, draft.revision + 1
    draft.changed_by, draft.changed_at = actor.id, clock.now()
    _note(session, actor, clock, "edit", draft)
    return draft


def propose(session: Session, actor: Actor, clock: Clock, *, template_id: str, note: str) -> PaperTemplate:
    """Hand a draft to a second person, saying what it changes. Raises `TextRefused` when its text is not right."""
    draft = _locked(session, actor, Permission.TEMPLATES_MANAGE, template_id, "draft")
    parsed_text(draft.text, kind_of(draft.kind))
    if draft.text == text_in_force(session, draft.kind, draft.path, draft.language)[0]:
        raise TextRefused([LineError(1, "template_text_unchanged")])
    if not note.strip():
        raise TemplateState("required", field="note")
    draft.state, draft.note = "proposed", note.strip()[:_LONGEST_NOTE]
    draft.proposed_by, draft.proposed_at = actor.id, clock.now()
    draft.revision += 1
    _note(session, actor, clock, "propose", draft, draft.note)
    return draft


def take_back(session: Session, actor: Actor, clock: Clock, *, template_id: str, reason: str) -> PaperTemplate:
    """Make a proposed version a draft again: by who manages templates, or by the second person with a reason."""
    actor_right = Permission.TEMPLATES_MANAGE
    found = get_template(session, actor, template_id)
    if not actor.may(actor_right, found.path):
        actor_right = Permission.TEMPLATES_RELEASE
    draft = _locked(session, actor, actor_right, template_id, "proposed")
    draft.state, draft.revision = "draft", draft.revision + 1
    _note(session, actor, clock, "send_back", draft, reason.strip()[:_LONGEST_NOTE] or None)
    return draft


def release(session: Session, actor: Actor, clock: Clock, *, template_id: str) -> PaperTemplate:
    """A second person puts a proposed version into use; the one before at its node is retired.

    Raises `NotAllowed` for whoever wrote or proposed it.
    """
    proposed = _locked(session, actor, Permission.TEMPLATES_RELEASE, template_id, "proposed")
    if {proposed.proposed_by, proposed.changed_by} & {actor.id, actor.on_behalf_of}:
        raise NotAllowed("template_needs_second_person", template=template_id)
    same = (
        (PaperTemplate.kind == proposed.kind)
        & (PaperTemplate.path == proposed.path)
        & (PaperTemplate.language == proposed.language)
    )
    before = locked(select(PaperTemplate).where(same, PaperTemplate.state == "released"), PaperTemplate)
    for old in session.scalars(before):
        _retire(session, actor, clock, old)
    proposed.state, proposed.revision = "released", proposed.revision + 1
    proposed.released_by, proposed.released_at = actor.id, clock.now()
    _note(session, actor, clock, "release", proposed)
    return proposed


def retire(session: Session, actor: Actor, clock: Clock, *, template_id: str, reason: str) -> PaperTemplate:
    """End a version: a draft by who manages templates, a released one by who releases them.

    Papers are then made of the next node's text above, at last of the delivered one.
    """
    found = get_template(session, actor, template_id)
    right = Permission.TEMPLATES_RELEASE if found.state == "released" else Permission.TEMPLATES_MANAGE
    version = _locked(session, actor, right, template_id, "draft", "released")
    _retire(session, actor, clock, version, reason.strip()[:_LONGEST_NOTE] or None)
    return version


def get_template(session: Session, actor: Actor, template_id: str) -> PaperTemplate:
    """A version in the actor's scope. Raises `Missing`."""
    right = Permission.TEMPLATES_MANAGE
    if not actor.may_anywhere(right):
        right = Permission.TEMPLATES_RELEASE
    return get_scoped(session, actor, PaperTemplate, right, template_id)


def written(text: str) -> str:
    """A text as it is kept: lines ended by one sign, without control signs, ended by a line."""
    lines = text.replace("\r\n", "\n").replace("\r", "\n").split("\n")
    plain = (
        "".join(sign for sign in line if sign == "\t" or sign.isprintable() or sign == "\u3000") for line in lines
    )
    return "\n".join(line.rstrip() for line in plain).strip() + "\n"


def _locked(session: Session, actor: Actor, right: Permission, template_id: str, *states: str) -> PaperTemplate:
    get_template(session, actor, template_id)
    query = scoped(actor, PaperTemplate, right).where(PaperTemplate.id == template_id)
    found = session.scalars(locked(query, PaperTemplate)).one_or_none()
    if found is None:
        raise NotAllowed("permission_missing", permission=right.value)
    if found.state not in states or found.created_by is None:
        raise TemplateState(state=found.state, wanted=list(states))
    return found


def _retire(
    session: Session, actor: Actor, clock: Clock, version: PaperTemplate, reason: str | None = None
) -> None:
    version.state, version.revision = "retired", version.revision + 1
    version.retired_by, version.retired_at = actor.id, clock.now()
    session.flush()  # One version at a node is released: the next one takes its place after this.
    _note(session, actor, clock, "retire", version, reason)


def _note(
    session: Session, actor: Actor, clock: Clock, act: str, version: PaperTemplate, reason: str | None = None
) -> None:
    after = {
        "kind": version.kind,
        "language": version.language,
        "version": version.version,
        "state": version.state,
    }
    audit.record(
        session,
        actor,
        clock,
        f"templates:{act}",
        "paper_template",
        version.id,
        path=version.path,
        after=after,
        reason=reason,
    )
