"""What every command and query works with: a transaction, who acts, the clock and the ports."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace

from sqlalchemy.orm import Session

from engine.handlers import HandlerRegistry
from engine.ports import Calendar, Checker, Directory, FormValidator, Place, Places, Stand, Substitutions, Veils
from kernel.actor import ROOT, Actor
from kernel.clock import Clock, MovedClock


@dataclass
class Host:
    """A transaction's surroundings, made anew for each command; the session's owner commits.

    ``actor`` acts: the person who gave the command, perhaps seated in the place of somebody he stands in for
    (`engine.seats`). ``personal`` names the variables whose values no log repeats.
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
    veils: Veils | None = None
    substitutions: Substitutions | None = None
    _person: Actor | None = None

    def veiled(self, viewer: Actor) -> Mapping[str, tuple[str, ...]]:
        """The business facts that are not open to all: by name, the nodes where the viewer may see them."""
        return {} if self.veils is None or viewer.is_system else self.veils.nodes(viewer)

    @property
    def person(self) -> Actor:
        """Who gave the command, in his own place."""
        return self._person or self.actor

    @property
    def duty(self) -> str:
        """Whose work it is that is being done: the actor's own, or that of whom he stands in for."""
        return self.actor.on_behalf_of or self.actor.id

    def stands(self) -> tuple[Stand, ...]:
        """Whom the person stands in for at this moment."""
        if self.substitutions is None or self.person.is_system:
            return ()
        return self.substitutions.of(self.session, self.person)

    def take_seat(self, actor: Actor) -> None:
        """Let the person act in somebody's place for the rest of this command."""
        self._person, self.actor = self.person, actor

    def leave_seat(self) -> None:
        """Let the person act in his own place again."""
        self.actor = self.person

    def for_a_command(self) -> Host:
        """The surroundings as a command finds them: nobody seated in another's place, one instant for all it does.

        What a command ends and begins is found again by that instant.
        """
        return replace(self, actor=self.person, _person=None, clock=MovedClock(self.clock.now()))

    def place(self, path: str) -> Place:
        """How time is counted at an organisation node; the house's calendar and zone unless it knows better."""
        return self.places.at(self.session, path) if self.places is not None else Place(self.calendar)

    def operates_house(self) -> bool:
        """Whether the actor may operate what serves the whole house: at the root, or with the right to deploy."""
        return self.checker.may_operate(self.actor, ROOT) or self.checker.may_deploy(self.actor)

    def acting_as(self, actor: Actor) -> Host:
        """The same surroundings with somebody else acting."""
        return replace(self, actor=actor, _person=None)
