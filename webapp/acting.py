"""What every view of a desk begins with: the reader, and a session to read or one unit of work to act in."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

from flask import current_app
from sqlalchemy.orm import Session

from kernel.actor import Actor
from kernel.clock import Clock
from kernel.errors import NotAllowed
from webapp.current import current_actor
from webapp.db import Database
from webapp.request_log import request_id


def reader() -> Actor:
    """The person signed in. Raises `NotAllowed` when nobody is, which the guard prevents."""
    actor = current_actor()
    if actor is None:
        raise NotAllowed
    return actor


def clock() -> Clock:
    """The clock of this application."""
    return database().clock


@contextmanager
def reading() -> Iterator[tuple[Session, Actor]]:
    """A reading session and the reader."""
    with database().reading() as session:
        yield session, reader()


@contextmanager
def acting() -> Iterator[tuple[Session, Actor]]:
    """One unit of work and the person who acts; committed at the end of the block."""
    actor = reader()
    with database().unit_of_work(actor, request_id=request_id()) as session:
        yield session, actor


def database() -> Database:
    """The database of this application."""
    found: Database = current_app.extensions["keyturn.database"]
    return found
