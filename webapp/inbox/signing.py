"""How a signing stands, as the page of a task shows it: who was asked by whom, by which rule, who said what."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime

from flask_babel import gettext as _

from engine.api import HistoryEvent, Signer, SigningState, TaskDetail
from webapp.inbox.deciding import TONES
from webapp.inbox.happenings import by_for
from webapp.wording import state_name, word


@dataclass(frozen=True)
class SignerShown:
    """Somebody who was asked."""

    name: str
    decision: str
    tone: str
    opinion: str
    at: datetime | None


@dataclass(frozen=True)
class SigningShown:
    """A signing as a panel."""

    title: str
    state: str
    tone: str
    asked: str
    rule: str
    tally: str
    reason: str
    signers: list[SignerShown]


@dataclass(frozen=True)
class Banner:
    """What stands at the top of the page."""

    title: str
    text: str = ""
    tone: str = "info"


def people_of_signings(detail: TaskDetail) -> set[str]:
    """The ids of everybody named."""
    found = {signing.holder for signing in detail.signings}
    for signer in (signer for signing in detail.signings for signer in signing.signers):
        found |= {signer.person, signer.on_behalf_of or ""}
    return found - {""}


def signings_shown(detail: TaskDetail, names: Mapping[str, str]) -> list[SigningShown]:
    """The signings of a task, the latest first."""
    return [_shown(signing, names) for signing in reversed(detail.signings)]


def banner(detail: TaskDetail, names: Mapping[str, str], events: list[HistoryEvent]) -> Banner | None:
    """What the reader needs to know before the form: whom the task waits for, or why he has it."""
    task = detail.task
    if task.state != "open":
        return None
    if task.part is not None:
        return _asked_along(detail, names)
    return (
        _waiting(detail, names) if task.held in ("before", "vote", "after") else _prepared(detail, names, events)
    )


def _prepared(detail: TaskDetail, names: Mapping[str, str], events: list[HistoryEvent]) -> Banner | None:
    task, may = detail.task, detail.rights
    if task.delegation == "pending" and may.take_back:
        title = _("%(who)s is preparing this", who=names.get(task.assignee or "", "—"))
        return Banner(title, _("You can wait for it, take it back or complete it."))
    if task.delegation == "pending" and may.resolve:
        title = _("Prepare this for %(who)s", who=names.get(task.owner or "", "—"))
        return Banner(title, _("Fill the form in and give it back; they decide."))
    done = [e.params.get("delegate") for e in events if e.code == "task_resolved" and e.task_id == task.id]
    if task.delegation == "resolved" and may.complete and done:
        title = _("%(who)s has prepared this for you", who=names.get(str(done[-1]), "—"))
        return Banner(title, _("Check it, then complete it."))
    return None


def _asked_along(detail: TaskDetail, names: Mapping[str, str]) -> Banner:
    signing = detail.signings[-1]
    who = names.get(signing.holder, "—")
    if signing.part == "before":
        text = _("Afterwards it goes back to them with what you say.")
        return Banner(_("%(who)s asks you to decide first", who=who), text)
    if signing.part == "after":
        return Banner(_("%(who)s has decided and asks you to decide too", who=who))
    return Banner(_("%(who)s asks several people to decide together", who=who))


def _waiting(detail: TaskDetail, names: Mapping[str, str]) -> Banner:
    left = [names.get(signer.person, "—") for signer in _left(detail.signings[-1])]
    others = _(", ").join(left)
    if detail.task.held == "after":
        text = _("The case goes on when these have decided too: %(who)s", who=others)
        return Banner(_("Decided; others follow"), text)
    return Banner(_("Others decide first"), _("Still to decide: %(who)s", who=others))


def _left(signing: SigningState) -> Iterator[Signer]:
    return (signer for signer in signing.signers if signer.state in ("open", "planned"))


def _shown(signing: SigningState, names: Mapping[str, str]) -> SigningShown:
    tally = signing.tally
    numbers = {"needed": tally.needed, "people": tally.people, "number": signing.number}
    outcome = f"decision.{signing.outcome}" if signing.outcome else f"signing.{signing.state}"
    return SigningShown(
        title=_titles()[signing.part],
        state=state_name(outcome),
        tone=TONES.get(signing.outcome or "", "blue" if signing.state == "open" else "neutral"),
        asked=_("Asked by %(who)s", who=names.get(signing.holder, "—")),
        rule=word(f"signing_rule.{signing.rule}", numbers),
        tally=_counted(signing),
        reason=signing.reason or "",
        signers=[_signer(signer, names) for signer in signing.signers],
    )


def _counted(signing: SigningState) -> str:
    tally = signing.tally
    numbers = {"agreed": tally.agreed, "against": tally.against}
    if signing.state == "planned":
        return ""
    if signing.state != "open":
        return _("%(agreed)s agreed, %(against)s against", **numbers)
    left = tally.people - tally.agreed - tally.against
    return _("%(agreed)s agreed, %(against)s against, %(left)s open", left=left, **numbers)


def _titles() -> dict[str, str]:
    return {"before": _("Decide before"), "after": _("Decide afterwards"), "vote": _("Sign together")}


def _signer(signer: Signer, names: Mapping[str, str]) -> SignerShown:
    if signer.decision is None:
        return SignerShown(
            names.get(signer.person, "—"), state_name(f"signer.{signer.state}"), "neutral", "", None
        )
    name = by_for(signer.person, signer.on_behalf_of, names)
    tone = TONES.get(signer.decision, "green")
    return SignerShown(name, state_name(f"decision.{signer.decision}"), tone, signer.opinion or "", signer.at)
