"""The verbs of a price plan (调价): what it would change, its approval, its coming into force, who is told."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from engine.api import BusinessError, Context, Ending, ending, handler
from handlers.looking_up import found
from handlers.shared import instant_text, today
from handlers.telling import tell_person
from kernel.errors import Stale
from kernel.facts import Telling, on
from ledger.inventory.facts import PricesWithdrawn
from ledger.inventory.models import PriceVersion
from ledger.inventory.price_force import put_prices_in_force
from ledger.inventory.price_impact import impact_of
from ledger.inventory.price_versions import content_hash, reference_of
from ledger.inventory.prices import approve_prices, reject_prices, withdraw_prices
from ledger.messages.operations import queue_message
from ledger.organisation import parameters as known
from ledger.organisation.models import Project
from ledger.organisation.queries import parameters_on
from ledger.staff.models import Staff

STALE = "price_change.approve.stale"
_NO_WORD = "not approved · 未获批准"


@dataclass(frozen=True)
class OpenIn:
    """The proposed version; ``takes_effect_at`` is another instant (UTC) that its proposer wishes by now."""

    version_id: str
    takes_effect_at: str | None = None


@dataclass(frozen=True)
class OpenOut:
    """What approvers see and the table decides by; sums in fen, instants in UTC.

    ``content_hash`` is over every price: the approval is of these alone.
    """

    version_no: int
    subject_no: str
    applicants: list[str]
    applicant: str
    project: str
    raised: int
    lowered: int
    same: int
    first: int
    sold: int
    now_fen: int
    new_fen: int
    change_fen: int
    below_floor: bool
    content_hash: str
    takes_effect_at: str | None
    path: str
    zone: str
    approval_reminder_hours: int
    approval_expiry_days: int
    outcome: str = "returned"


@handler("price_change.open", again=True)
def open_plan(data: OpenIn, ctx: Context) -> OpenOut:
    """Gather what the version would change against the prices in force now."""
    version = found(ctx, PriceVersion, data.version_id, "version_id")
    project = ctx.session.get_one(Project, version.project_id)
    on = today(ctx, project.zone)
    settings = parameters_on(ctx.session, version.path, on)
    impact = impact_of(ctx.session, version.id)
    wished = data.takes_effect_at or (instant_text(version.effective_at) if version.effective_at else None)
    ctx.set_facts(project=project.name, subject=reference_of(ctx.session, version), amount_fen=impact.new_fen)
    return OpenOut(
        version_no=version.no,
        subject_no=reference_of(ctx.session, version),
        applicants=sorted({version.proposed_by, *([ctx.actor.on_behalf_of] if ctx.actor.on_behalf_of else [])}),
        applicant=version.proposed_by,
        project=project.name,
        raised=impact.raised,
        lowered=impact.lowered,
        same=impact.same,
        first=impact.first,
        sold=impact.sold,
        now_fen=impact.now_fen,
        new_fen=impact.new_fen,
        change_fen=impact.change_fen,
        below_floor=impact.below_floor,
        content_hash=content_hash(ctx.session, version.id),
        takes_effect_at=wished,
        path=version.path,
        zone=project.zone,
        approval_reminder_hours=int(settings[known.APPROVAL_REMINDER_HOURS.name]),
        approval_expiry_days=int(settings[known.APPROVAL_EXPIRY_DAYS.name]),
    )


@dataclass(frozen=True)
class ApproveIn:
    """The version, the content that was approved, and from when it is to hold."""

    version_id: str
    content_hash: str
    takes_effect_at: str | None = None


@dataclass(frozen=True)
class ApproveOut:
    """The instant (UTC) from which the prices hold."""

    in_force_at: str


@handler("price_change.approve", errors={STALE})
def approve(data: ApproveIn, ctx: Context) -> ApproveOut:
    """Note the approval of these very prices; raises the business error `STALE` when they are others by now."""
    wished = datetime.fromisoformat(data.takes_effect_at) if data.takes_effect_at else None
    try:
        version = approve_prices(
            ctx.session,
            ctx.ledger_actor,
            ctx.clock,
            version_id=data.version_id,
            effective_at=wished,
            approved_hash=data.content_hash,
        )
    except Stale as stale:
        raise BusinessError(STALE, why=stale.code) from stale
    return ApproveOut(instant_text(version.effective_at or ctx.clock.now()))


@dataclass(frozen=True)
class VersionIn:
    """The version."""

    version_id: str


@dataclass(frozen=True)
class InForceOut:
    """How many homes have the new price, and how many were left alone because they are sold or priced later."""

    changed_units: int
    left_alone: int


@handler("price_change.put_in_force")
def put_in_force(data: VersionIn, ctx: Context) -> InForceOut:
    """Bring the approved prices into force."""
    result = put_prices_in_force(ctx.session, ctx.ledger_actor, ctx.clock, version_id=data.version_id)
    return InForceOut(result.units, result.left_alone)


@dataclass(frozen=True)
class CallOffIn:
    """The version and what the last opinion says."""

    version_id: str
    opinions: list[dict[str, object]] | None = None


@handler("price_change.turn_down", again=True)
def turn_down(data: CallOffIn, ctx: Context) -> None:
    """The prices in force stay as they are."""
    said = [str(one["opinion"]) for one in data.opinions or () if one.get("opinion")]
    reason = (said[-1] if said else _NO_WORD)[:200]
    version = found(ctx, PriceVersion, data.version_id, "version_id")
    if version.state in ("submitted", "approved"):
        reject_prices(ctx.session, ctx.ledger_actor, ctx.clock, version_id=version.id, reason=reason)


@dataclass(frozen=True)
class TellIn:
    """The version and what messages say of it."""

    version_id: str
    subject_no: str
    project: str
    applicant: str


@handler("price_change.tell", again=True)
def tell(data: TellIn, ctx: Context) -> None:
    """Tell who proposed the prices what came of them."""
    version = found(ctx, PriceVersion, data.version_id, "version_id")
    words: dict[str, object] = {"what": data.subject_no, "project": data.project}
    template = "prices_in_force"
    if version.state == "rejected":
        template, words["reason"] = "prices_turned_down", version.end_reason or ""
    tell_person(ctx, template, data.applicant, version.path, words)


@on(PricesWithdrawn)
def prices_withdrawn(fact: PricesWithdrawn, telling: Telling) -> None:
    """Another took the prices back, or a later list replaced them: who proposed them hears why."""
    session = telling.session
    version = session.get_one(PriceVersion, fact.version_id)
    if version.proposed_by == telling.actor.id or session.get(Staff, version.proposed_by) is None:
        return
    project = session.get_one(Project, version.project_id)
    queue_message(
        session,
        telling.actor,
        telling.clock,
        template="prices_turned_down",
        recipient_kind="staff",
        recipient_id=version.proposed_by,
        params={"what": reference_of(session, version), "project": project.name, "reason": fact.reason},
        path=version.path,
        key=f"prices_withdrawn:{version.id}",
    )


@ending("price_change")
def price_change_over(ended: Ending) -> None:
    """No version waits without a case: one that is neither in force nor turned down is withdrawn with it."""
    version_id = ended.variables.get("version_id")
    version = ended.session.get(PriceVersion, version_id) if version_id else None
    if version is not None and version.state in ("submitted", "approved"):
        reason = (ended.reason or _NO_WORD)[:200]
        withdraw_prices(ended.session, ended.ledger_actor, ended.clock, version_id=version.id, reason=reason)
