"""A process of the measured installation with the verb of the bench.

It is forked from a server that has imported everything: how long an import takes is not what is measured.
"""

from __future__ import annotations

import multiprocessing
import os
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from multiprocessing.process import BaseProcess
from pathlib import Path

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


_forks = multiprocessing.get_context("forkserver")
_forks.set_forkserver_preload(["bench.process"])


def begin(words: Sequence[str], environment: Mapping[str, str], log: Path) -> BaseProcess:
    """Start a command of ``keyturn`` with settings of its own, in a process of its own."""
    process = _forks.Process(target=_run, args=(list(words), dict(environment), str(log)))
    process.start()
    return process


def _run(words: list[str], environment: dict[str, str], log: str) -> None:
    file = os.open(log, os.O_WRONLY | os.O_CREAT)
    os.dup2(file, 1)
    os.dup2(file, 2)
    os.environ.clear()
    os.environ.update(environment)
    main(words)
