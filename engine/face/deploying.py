"""The part of the engine's face about definitions: deploying them, looking at them, who may start them."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from engine import cache
from engine.changing.versions import differences
from engine.commands.deploy import CheckResources, Deploy
from engine.commands.roll_back import RollBack
from engine.face.commanding import Commanding
from engine.findings import Finding
from engine.queries import definitions
from engine.queries.decisions import decide
from engine.queries.paths import nodes_of
from engine.results.changes import ElementDifference
from engine.results.definitions import Definition


class Deploying(Commanding):
    """Commands and queries about processes and decisions."""

    def check(self, resources: Mapping[str, bytes]) -> list[Finding]:
        """What is wrong with diagrams and tables, without deploying them."""
        return CheckResources(resources).run(self.host)

    def deploy(self, resources: Mapping[str, bytes], *, note: str = "") -> list[Definition]:
        """Deploy files that pass the checks; an unchanged file keeps its version.

        Raises `DefinitionError` with the findings, `NotAllowed`.
        """
        return Deploy(resources, note).run(self.host)

    def roll_back(self, key: str, version: int, *, kind: str = "process", note: str = "") -> Definition:
        """Make an earlier version the newest again, under the next number; running cases stay on theirs.

        Raises `Missing`, `NotAllowed`, `Invalid` when it is the newest already, `DefinitionError`.
        """
        return RollBack(key, version, kind, note).run(self.host)

    def find_definitions(self, *, kind: str | None = None) -> list[Definition]:
        """The latest version of every definition."""
        return definitions.find_latest(self.host.session, kind=kind)

    def get_definition(self, key: str, version: int | None = None, *, kind: str = "process") -> Definition:
        """One definition, the latest without ``version``; raises `Missing`."""
        return definitions.get(self.host.session, key, version, kind)

    def find_versions(self, key: str, *, kind: str = "process") -> list[Definition]:
        """All versions of a definition, the newest first; raises `Missing`."""
        return definitions.find_versions(self.host.session, kind, key)

    def compare(self, key: str, old: int, new: int) -> list[ElementDifference]:
        """What two versions of a process do not share, element by element; raises `Missing`."""
        models = [
            cache.bundle_of(self.host.session, self.get_definition(key, version).id).model
            for version in (old, new)
        ]
        return differences(*models)

    def element_labels(self, key: str, version: int | None = None) -> dict[str, dict[str, str]]:
        """What the elements of a process (called ones included) are named; raises `Missing`."""
        return definitions.labels(self.host.session, self.get_definition(key, version).id)

    def decide(self, key: str, questions: Sequence[Mapping[str, Any]]) -> list[dict[str, Any]]:
        """What the newest version of a table answers to each question, outside any case; nothing is logged.

        Raises `Missing`, `CannotGoOn` when no row or several rows fit.
        """
        return decide(self.host, key, questions)

    def resource(self, key: str, version: int | None = None, *, kind: str = "process") -> bytes:
        """The file a definition came in; raises `Missing`."""
        return definitions.content(self.host.session, self.get_definition(key, version, kind=kind).id)

    def may_start(self, key: str, scope: str) -> bool:
        """Whether the actor may start a process at an organisation node; none that is not deployed."""
        known = definitions.find_latest(self.host.session, kind="process", key=key)
        return any(self._may_start(one, scope) for one in known)

    def startable(self) -> list[Definition]:
        """The processes that the actor may start somewhere and that begin with a form."""
        paths = nodes_of(self.host.actor)
        known = definitions.find_latest(self.host.session, kind="process")
        return [d for d in known if d.start_form and any(self._may_start(d, path) for path in paths)]

    def _may_start(self, known: Definition, scope: str) -> bool:
        return self.host.checker.may_start(self.host.actor, known.key, scope, known.start_permission)
