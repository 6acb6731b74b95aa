"""Make an earlier version of a definition the newest again."""

from __future__ import annotations

from dataclasses import dataclass

from engine.commands.deploy import Deploy
from engine.errors import Invalid
from engine.host import Host
from engine.queries import definitions
from engine.results.definitions import Definition


@dataclass(frozen=True)
class RollBack:
    """Its file is deployed anew under the next version, checked like any other; cases stay on theirs."""

    key: str
    version: int
    kind: str
    note: str = ""

    def run(self, host: Host) -> Definition:
        """Raises `Missing`, `NotAllowed`, `Invalid` when it is the newest, `DefinitionError` with findings."""
        wanted = definitions.get(host.session, self.key, self.version, self.kind)
        newest = definitions.get(host.session, self.key, None, self.kind)
        if newest.version == wanted.version:
            raise Invalid("version_is_newest", field="version", version=wanted.version)
        content = definitions.content(host.session, wanted.id)
        done = Deploy({wanted.resource: content}, self.note or f"= v{wanted.version}").run(host)
        return next(one for one in done if (one.kind, one.key) == (self.kind, self.key))
