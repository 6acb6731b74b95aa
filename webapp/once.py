"""A form that is sent twice acts once: its hidden key is kept with what came of it, in the same transaction.

A template puts `once_field()` into the form; the view runs its act through `once`, which runs it for the first
sender and gives everybody who sends the same form again the same address to go to.
"""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime

from flask import Flask, request
from markupsafe import Markup
from sqlalchemy import String, delete
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.orm import Mapped, Session, mapped_column

from kernel.actor import Actor
from kernel.clock import Clock
from kernel.columns import Instant
from kernel.database import Base, is_sqlite
from kernel.ids import new_id

FIELD = "once"
_LONGEST = 80


class FormSent(Base):
    """A form that was sent: the sender's key, when, and the address that its act led to."""

    __tablename__ = "webapp_form_sent"

    key: Mapped[str] = mapped_column(String(160), primary_key=True)
    at: Mapped[Instant] = mapped_column(index=True)
    location: Mapped[str] = mapped_column(String(500), default="")


def once(session: Session, actor: Actor, clock: Clock, act: Callable[[], str], *, key: str | None = None) -> str:
    """Run ``act``, which returns an address, unless this form has acted before; returns the address.

    ``key`` stands for the form's own where the content decides what is the same. A form without a key acts every
    time. An act that raises leaves no trace, so the form can be sent again.
    """
    sent = (request.form.get(FIELD, "") if key is None else key)[:_LONGEST]
    if not sent:
        return act()
    mark = f"{actor.id}:{sent}"
    insert = sqlite.insert if is_sqlite(session) else postgresql.insert
    # A second sender waits here until the first one's transaction has ended.
    mine = insert(FormSent).values(key=mark, at=clock.now(), location="").on_conflict_do_nothing()
    taken = session.execute(mine.returning(FormSent.key)).scalar_one_or_none()
    row = session.get_one(FormSent, mark)
    if taken is not None:
        row.location = act()[:500]
    return row.location


def forget_before(session: Session, instant: datetime) -> None:
    """Drop keys of forms sent before an instant."""
    session.execute(delete(FormSent).where(FormSent.at < instant))


def once_field() -> Markup:
    """The hidden field that tells one drawing of a form from the next."""
    return Markup('<input type="hidden" name="{}" value="{}">').format(FIELD, new_id())


def install(app: Flask) -> None:
    """Give the field to the templates."""
    app.add_template_global(once_field)
