"""What every command and query works with: a transaction, who acts, the clock and the ports."""

from __future__ import annotations

from dataclasses import dataclass, replace

from sqlalchemy.orm import Session

from engine.handlers import HandlerRegistry
from engine.ports import Calendar, Checker, Directory, FormValidator, Place, Places
from kernel.actor import ROOT, Actor
from kernel.clock import Clock


@dataclass(frozen=True)
class Host:
    """A transaction's surroundings; the session's owner commits.

    ``personal`` names the variables whose values no log repeats.
    """

    session: Session
    actor: Actor
    clock: Clock
    checker: Checker
    forms: FormValidator
    directory: Directory
    calendar: Calendar
    registry: HandlerRegistry
    personal: frozenset[str] = frozenset()
    places: Places | None = None

    def place(self, path: str) -> Place:
        """How time is counted at an organisation node; the house's calendar and zone unless it knows better."""
        return self.places.at(self.session, path) if self.places is not None else Place(self.calendar)

    def operates_house(self) -> bool:
        """Whether the actor may operate what serves the whole house: at the root, or with the right to deploy."""
        return self.checker.may_operate(self.actor, ROOT) or self.checker.may_deploy(self.actor)

    def acting_as(self, actor: Actor) -> Host:
        """The same surroundings with somebody else acting."""
        return replace(self, actor=actor)
