"""A process of the measured installation with the verb of the bench: ``python -m bench.process``."""

from __future__ import annotations

from dataclasses import dataclass

from engine.api import JobContext, handler
from webapp.cli import main


@dataclass(frozen=True)
class Asked:
    """What the verb takes."""

    round: int


@dataclass(frozen=True)
class Answered:
    """What the verb gives."""

    answer: int


VERB = "bench.ask"


@handler(VERB, external=True)
def ask(data: Asked, _ctx: JobContext) -> Answered:
    """Answer at once, as a fast neighbour would."""
    return Answered(data.round)


if __name__ == "__main__":
    main()
