"""What every part of the engine's face stands on: the surroundings of each command."""

from __future__ import annotations

from engine.host import Host


class Commanding:
    """Gives commands within one transaction."""

    def __init__(self, host: Host) -> None:
        self._host = host

    @property
    def host(self) -> Host:
        """The surroundings of one command: each begins with everybody in his own place."""
        return self._host.for_a_command()
