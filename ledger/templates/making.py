"""Ordering a paper: its version chosen, its values gathered and sealed, its number given, all in one transaction.

The PDF is set after the commit from these values alone, so that it says what was so at that moment, and says it
again in every reprint.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from kernel import audit
from kernel.actor import Actor
from kernel.clock import Clock
from kernel.ids import new_id
from ledger.documents.keeping import keep_file, open_file
from ledger.documents.numbers import next_number
from ledger.documents.queries import voided
from ledger.templates.catalogue import PaperKind, kind_of
from ledger.templates.choosing import template_for
from ledger.templates.errors import TemplateMissing
from ledger.templates.filling import Filled, check_values, fill
from ledger.templates.kinds import Language
from ledger.templates.models import MadePaper, PaperTemplate

_CAPITALS = "_capitals"
_OWN = ("number", "issued_on", "author")
_PEOPLE = ("buyers", "buyer", "customer", "payer", "payee", "company")


@dataclass(frozen=True, kw_only=True)
class Order:
    """What a paper is made of. ``subject`` and ``subject_id`` name what it is filed under ("sale", its id);
    ``about_id`` is a thing of the sale that it tells of. ``number`` is given where the subject has one already;
    ``shown`` is how the paper itself calls it where others may be called the same.
    ``customer_id`` is whose data key seals the values.
    """

    kind: str
    key: str
    subject: str
    subject_id: str
    path: str
    issued_on: date
    language: Language
    values: Mapping[str, Any]
    number: str | None = None
    shown: str | None = None
    about_id: str | None = None
    owner_id: str | None = None
    customer_id: str | None = None


def order_paper(session: Session, actor: Actor, clock: Clock, order: Order) -> MadePaper:
    """Note that a paper is made; the same ``key`` finds the paper that was ordered first.

    The caller has checked the right to it. Raises `KindUnknown`, `ExtraUnknown`, and `TextRefused` by line for
    variables of the template that have no value.
    """
    found = session.scalars(select(MadePaper).where(MadePaper.key == order.key)).one_or_none()
    if found is not None:
        return found
    kind = kind_of(order.kind)
    template = template_for(session, clock, order.kind, order.path, order.language)
    if (same := _same_before(session, order, template, kind)) is not None:
        return same
    number = _number(session, kind, order)
    own = {"number": order.shown or number, "issued_on": order.issued_on.isoformat()}
    values = complete({**order.values, **own}, kind)
    check_values(kind, values)
    fill(template.text, kind, values, order.language)
    content = json.dumps(values, ensure_ascii=False, sort_keys=True).encode()
    paper = MadePaper(
        id=new_id(),
        key=order.key,
        kind=order.kind,
        subject=order.subject,
        subject_id=order.subject_id,
        about_id=order.about_id,
        number=number,
        language=order.language,
        template_id=template.id,
        values_id=keep_file(session, clock, content, customer_id=order.customer_id),
        values_sha256=hashlib.sha256(content).hexdigest(),
        path=order.path,
        owner_id=order.owner_id,
        issued_on=order.issued_on,
        at=clock.now(),
        by=actor.id,
    )
    session.add(paper)
    session.flush()  # The job and the document name its id.
    after = {"kind": paper.kind, "number": number, "template": template.id, "values_sha256": paper.values_sha256}
    audit.record(session, actor, clock, "papers:make", "made_paper", paper.id, path=order.path, after=after)
    return paper


def _same_before(session: Session, order: Order, template: PaperTemplate, kind: PaperKind) -> MadePaper | None:
    """The newest paper about the same thing if it says the same: made again, it keeps its number (补打)."""
    rule = (
        (MadePaper.kind == order.kind)
        & (MadePaper.subject == order.subject)
        & (MadePaper.subject_id == order.subject_id)
        & (MadePaper.template_id == template.id)
        & (MadePaper.language == order.language)
    )
    newest = select(MadePaper).where(rule).order_by(MadePaper.at.desc(), MadePaper.id.desc()).limit(1)
    before = session.scalars(newest).one_or_none()
    if before is None or before.about_id != order.about_id or voided(session, [before.id]):
        return None
    said, says = values_of(session, before), _plain(complete(order.values, kind))
    return before if _without_its_own(said) == _without_its_own(says) else None


def _without_its_own(values: Mapping[str, Any]) -> dict[str, Any]:
    """The values without those that differ from paper to paper by themselves."""
    return {name: value for name, value in values.items() if name not in _OWN}


def _plain(values: Mapping[str, Any]) -> dict[str, Any]:
    """The values as they are read back from where they are kept."""
    found: dict[str, Any] = json.loads(json.dumps(values))
    return found


def complete(values: Mapping[str, Any], kind: PaperKind) -> dict[str, Any]:
    """The values with each amount in capitals, and lists numbered where their lines are not."""
    told = {name: value for name, value in values.items() if value is not None}
    for variable in kind.variables:
        base = variable.name.removesuffix(_CAPITALS)
        if variable.type == "capitals" and base in told:
            told[variable.name] = told[base]
        if variable.type == "lines" and any(field.name == "no" for field in variable.fields):
            lines = told.get(variable.name) or ()
            if not isinstance(lines, str) and all(isinstance(line, Mapping) for line in lines):
                told[variable.name] = [{"no": at, **line} for at, line in enumerate(lines, start=1)]
    return told


def find_paper(session: Session, paper_id: str) -> MadePaper | None:
    """The made paper with an id, which is also its document's."""
    return session.get(MadePaper, paper_id)


def values_of(session: Session, paper: MadePaper) -> dict[str, Any]:
    """The values that a paper was made with. Raises `KeptFileMissing` once the customer's data were erased."""
    found: dict[str, Any] = json.loads(open_file(session, paper.values_id))
    return found


def filled_paper(
    session: Session, paper: MadePaper, clean: Callable[[str], str] = str
) -> tuple[Filled, dict[str, Any], PaperTemplate]:
    """What a made paper says, its values, its version. Raises `TemplateMissing`, `KeptFileMissing`.

    ``clean`` is applied to what people have written, never to who they are: a smiley in a reason is no reason to
    have no paper, but a name that cannot be printed is.
    """
    template = session.get(PaperTemplate, paper.template_id)
    if template is None:
        raise TemplateMissing(id=paper.template_id)
    values = {name: _cleaned(name, value, clean) for name, value in values_of(session, paper).items()}
    language: Language = "en" if paper.language == "en" else "zh"
    return fill(template.text, kind_of(paper.kind), values, language), values, template


def _cleaned(name: str, value: Any, clean: Callable[[str], str]) -> Any:
    if name in _PEOPLE:
        return value
    if isinstance(value, list):
        return [
            {field: part if field in _PEOPLE else _cleaned("", part, clean) for field, part in line.items()}
            for line in value
            if isinstance(line, dict)
        ]
    return clean(value) if isinstance(value, str) else value


def version_label(template: PaperTemplate) -> str:
    """How a version is called on papers: its node and number; a delivered one by its number alone."""
    return f"{template.path.strip('/') or 'Keyturn'} v{template.version}"[:40]


def _number(session: Session, kind: PaperKind, order: Order) -> str:
    """The next number of the kind, or the subject's own; further papers under that are marked with /2, /3."""
    if order.number is None:
        return next_number(session, kind.numbers or kind.code, order.path, order.issued_on)
    taken = select(MadePaper.number).where(MadePaper.kind == order.kind)
    numbers = {*session.scalars(taken.where(MadePaper.number.startswith(order.number, autoescape=True)))}
    if order.number not in numbers:
        return order.number
    again = 2
    while f"{order.number}/{again}" in numbers:
        again += 1
    return f"{order.number}/{again}"
