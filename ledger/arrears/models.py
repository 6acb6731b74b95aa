"""The tables of chasing arrears. A case and a proposal have a state; all else is a fact and never changed.

That a line has reached a level is a row of `ArrearsReach`, unique per case, line, role and level: nothing is
proposed, and so nothing sent, twice at a level.
"""

from __future__ import annotations

from datetime import date, datetime

from sqlalchemy import (
    CheckConstraint,
    Date,
    ForeignKey,
    Index,
    Integer,
    String,
    UniqueConstraint,
    text,
)
from sqlalchemy.orm import Mapped, mapped_column

from kernel.append_only import keep_append_only
from kernel.columns import Fen, Id, Instant, JsonMap, Path, Ref, UtcDateTime, words
from kernel.database import Base
from ledger.arrears.kinds import (
    Channel,
    EventKind,
    LegalKind,
    ProposalState,
    Role,
    RunKind,
    RunState,
    Suspension,
)
from ledger.inventory.models import table_of

_OPEN = text("state = 'open'")
_RUNNING = text("state = 'running' AND kind = 'levels'")


class ArrearsCase(Base):
    """A sale in arrears (催缴案件) from the first level to the money, or to the end of the sale.

    ``level`` is the highest that was proposed; ``jump`` counts levels that broken promises add; while
    ``suspended_by`` is set, until ``suspended_until`` inclusive, no level is proposed.
    """

    __tablename__ = "arrears_case"

    id: Mapped[Id]
    sale_id: Mapped[Ref] = mapped_column(ForeignKey("sale.id"))
    project_id: Mapped[Ref] = mapped_column(ForeignKey("project.id"))
    path: Mapped[Path] = mapped_column(index=True)
    owner_id: Mapped[Ref]
    state: Mapped[str] = mapped_column(String(6), default="open")
    level: Mapped[int] = mapped_column(Integer, default=0)
    jump: Mapped[int] = mapped_column(Integer, default=0)
    suspended_by: Mapped[Suspension | None] = mapped_column(words(Suspension, "suspended_by"))
    suspended_until: Mapped[date | None] = mapped_column(Date)
    instance_id: Mapped[str | None] = mapped_column(String(36), index=True)
    opened_at: Mapped[Instant]
    closed_at: Mapped[datetime | None] = mapped_column(UtcDateTime())
    close_reason: Mapped[str | None] = mapped_column(String(20))

    __table_args__ = (
        CheckConstraint("state IN ('open', 'closed')", name="state"),
        CheckConstraint("(state = 'closed') = (closed_at IS NOT NULL)", name="closed_when"),
        Index("uq_arrears_case_open", "sale_id", unique=True, sqlite_where=_OPEN, postgresql_where=_OPEN),
        Index("ix_arrears_case_sale_id", "sale_id"),
    )


class ArrearsProposal(Base):
    """A level that is due for lines of one role (催缴建议): what shall be said, on which channel, by whom.

    ``earliest_on`` is the first day on which it may be sent; ``failure`` a code why the last try failed.
    """

    __tablename__ = "arrears_proposal"

    id: Mapped[Id]
    case_id: Mapped[Ref] = mapped_column(ForeignKey("arrears_case.id"), index=True)
    project_id: Mapped[Ref] = mapped_column(ForeignKey("project.id"))
    path: Mapped[Path]
    owner_id: Mapped[Ref]
    role: Mapped[Role] = mapped_column(words(Role, "role"))
    level: Mapped[int] = mapped_column(Integer)
    channel: Mapped[Channel] = mapped_column(words(Channel, "channel"))
    template: Mapped[str] = mapped_column(String(40))
    task_role: Mapped[str] = mapped_column(String(40))
    earliest_on: Mapped[date] = mapped_column(Date)
    state: Mapped[ProposalState] = mapped_column(words(ProposalState, "state"), default=ProposalState.OPEN)
    failure: Mapped[str | None] = mapped_column(String(60))
    proposed_at: Mapped[Instant]
    decided_at: Mapped[datetime | None] = mapped_column(UtcDateTime())
    decided_by: Mapped[str | None] = mapped_column(String(36))

    __table_args__ = (
        CheckConstraint("(state = 'open') = (decided_at IS NULL)", name="decided"),
        Index("ix_arrears_proposal_path_state_earliest_on", "path", "state", "earliest_on"),
    )


class ArrearsReach(Base):
    """A line has reached a level: fen open and days late when it was proposed."""

    __tablename__ = "arrears_reach"

    id: Mapped[Id]
    proposal_id: Mapped[Ref] = mapped_column(ForeignKey("arrears_proposal.id"), index=True)
    case_id: Mapped[Ref] = mapped_column(ForeignKey("arrears_case.id"))
    receivable_id: Mapped[Ref] = mapped_column(ForeignKey("receivable.id"), index=True)
    role: Mapped[Role] = mapped_column(words(Role, "role"))
    level: Mapped[int] = mapped_column(Integer)
    open_fen: Mapped[Fen]
    days: Mapped[int] = mapped_column(Integer)
    on_date: Mapped[date] = mapped_column(Date)

    __table_args__ = (UniqueConstraint("case_id", "receivable_id", "role", "level"),)


class ArrearsStep(Base):
    """A level that was sent (催缴记录), once per case, role, level and set of instalments."""

    __tablename__ = "arrears_step"

    id: Mapped[Id]
    case_id: Mapped[Ref] = mapped_column(ForeignKey("arrears_case.id"))
    proposal_id: Mapped[Ref] = mapped_column(ForeignKey("arrears_proposal.id"), unique=True)
    path: Mapped[Path]
    role: Mapped[Role] = mapped_column(words(Role, "role"))
    level: Mapped[int] = mapped_column(Integer)
    instalments: Mapped[str] = mapped_column(String(64))
    channel: Mapped[Channel] = mapped_column(words(Channel, "channel"))
    template: Mapped[str] = mapped_column(String(40))
    amount_fen: Mapped[Fen]
    interest_fen: Mapped[Fen]
    message_id: Mapped[str | None] = mapped_column(String(36))
    on_date: Mapped[date] = mapped_column(Date)
    at: Mapped[Instant]
    by: Mapped[Ref]

    __table_args__ = (UniqueConstraint("case_id", "role", "level", "instalments"),)


class ArrearsPromise(Base):
    """A promise to pay (付款承诺): so much by that day, which is the last that keeps it."""

    __tablename__ = "arrears_promise"

    id: Mapped[Id]
    case_id: Mapped[Ref] = mapped_column(ForeignKey("arrears_case.id"), index=True)
    amount_fen: Mapped[Fen]
    due_on: Mapped[date] = mapped_column(Date)
    paid_before_fen: Mapped[Fen]
    note: Mapped[str] = mapped_column(String(500))
    on_date: Mapped[date] = mapped_column(Date)
    at: Mapped[Instant]
    by: Mapped[Ref]

    __table_args__ = (
        CheckConstraint("amount_fen > 0", name="amount"),
        CheckConstraint("due_on >= on_date", name="not_past"),
    )


class ArrearsDispute(Base):
    """A part of an instalment that the debtor contests (争议); the rest goes on."""

    __tablename__ = "arrears_dispute"

    id: Mapped[Id]
    case_id: Mapped[Ref] = mapped_column(ForeignKey("arrears_case.id"), index=True)
    receivable_id: Mapped[Ref] = mapped_column(ForeignKey("receivable.id"))
    amount_fen: Mapped[Fen]
    reason: Mapped[str] = mapped_column(String(500))
    at: Mapped[Instant]
    by: Mapped[Ref]

    __table_args__ = (CheckConstraint("amount_fen > 0", name="amount"),)


class ArrearsBlock(Base):
    """Levels are held back (暂停催缴) for a reason until a day inclusive."""

    __tablename__ = "arrears_block"

    id: Mapped[Id]
    case_id: Mapped[Ref] = mapped_column(ForeignKey("arrears_case.id"), index=True)
    until_on: Mapped[date] = mapped_column(Date)
    reason: Mapped[str] = mapped_column(String(500))
    at: Mapped[Instant]
    by: Mapped[Ref]


class ArrearsLegalStep(Base):
    """A legal step (法律措施) that was taken; its proof of delivery (送达回证) is an event with the paper."""

    __tablename__ = "arrears_legal_step"

    id: Mapped[Id]
    case_id: Mapped[Ref] = mapped_column(ForeignKey("arrears_case.id"), index=True)
    kind: Mapped[LegalKind] = mapped_column(words(LegalKind, "kind"))
    taken_on: Mapped[date] = mapped_column(Date)
    note: Mapped[str] = mapped_column(String(500))
    at: Mapped[Instant]
    by: Mapped[Ref]


class ArrearsEvent(Base):
    """What happened in a case. ``key`` makes telling it again harmless: ``promise:<id>`` ends a promise once."""

    __tablename__ = "arrears_event"

    id: Mapped[Id]
    case_id: Mapped[Ref] = mapped_column(ForeignKey("arrears_case.id"), index=True)
    kind: Mapped[EventKind] = mapped_column(words(EventKind, "kind"))
    key: Mapped[str] = mapped_column(String(120), unique=True)
    subject_id: Mapped[str | None] = mapped_column(String(36))
    details: Mapped[JsonMap]
    on_date: Mapped[date] = mapped_column(Date)
    at: Mapped[Instant]
    by: Mapped[Ref]

    __table_args__ = (Index("ix_arrears_event_kind_subject_id", "kind", "subject_id"),)


class ArrearsRun(Base):
    """A run over many (日催缴, 批量发送). ``note`` is a code: why it was refused or what it warns of.

    There is at most one running daily run per path.
    """

    __tablename__ = "arrears_run"

    id: Mapped[Id]
    kind: Mapped[RunKind] = mapped_column(words(RunKind, "kind"))
    path: Mapped[Path]
    on_date: Mapped[date] = mapped_column(Date)
    state: Mapped[RunState] = mapped_column(words(RunState, "state"))
    total: Mapped[int] = mapped_column(Integer, default=0)
    done: Mapped[int] = mapped_column(Integer, default=0)
    failed: Mapped[int] = mapped_column(Integer, default=0)
    note: Mapped[str | None] = mapped_column(String(60))
    waiting_lines: Mapped[int] = mapped_column(Integer, default=0)
    begun_at: Mapped[Instant] = mapped_column(index=True)
    begun_by: Mapped[Ref]
    ended_at: Mapped[datetime | None] = mapped_column(UtcDateTime())

    __table_args__ = (
        Index("uq_arrears_run_running", "path", unique=True, sqlite_where=_RUNNING, postgresql_where=_RUNNING),
    )


class ArrearsRunItem(Base):
    """One proposal of a sending, or one sale that a daily run could not bring on. ``code`` says why it failed."""

    __tablename__ = "arrears_run_item"

    run_id: Mapped[str] = mapped_column(String(36), ForeignKey("arrears_run.id"), primary_key=True)
    subject_id: Mapped[str] = mapped_column(String(36), primary_key=True)
    position: Mapped[int] = mapped_column(Integer)
    state: Mapped[str] = mapped_column(String(8))
    code: Mapped[str | None] = mapped_column(String(60))

    __table_args__ = (
        CheckConstraint("state IN ('waiting', 'done', 'failed')", name="state"),
        Index("ix_arrears_run_item_run_id_state_position", "run_id", "state", "position"),
    )


for _model in (
    ArrearsReach,
    ArrearsStep,
    ArrearsPromise,
    ArrearsDispute,
    ArrearsBlock,
    ArrearsLegalStep,
    ArrearsEvent,
):
    keep_append_only(table_of(_model))
