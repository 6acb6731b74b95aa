"""Processes forked from a server that has imported everything: starting one takes a moment instead of seconds."""

from __future__ import annotations

import multiprocessing
import os
import signal
from collections.abc import Callable, Mapping, Sequence
from multiprocessing.process import BaseProcess
from pathlib import Path

forks = multiprocessing.get_context("forkserver")
# One server for all tests of a test process, whichever comes first.
forks.set_forkserver_preload(["tests.faults.serving", "tests.webapp.scaled.process"])


class Forked:
    """A forked process, looked at as `subprocess.Popen` is."""

    def __init__(self, process: BaseProcess) -> None:
        self._process = process
        assert process.pid is not None
        self.pid = process.pid

    def poll(self) -> int | None:
        """Its exit code; None while it runs."""
        return self._process.exitcode

    def wait(self, seconds: float) -> int:
        """Its exit code once it has ended."""
        self._process.join(seconds)
        assert self._process.exitcode is not None, f"process {self.pid} did not end"
        return self._process.exitcode

    def send_signal(self, number: signal.Signals) -> None:
        """Send it a signal."""
        os.kill(self.pid, number)

    def terminate(self) -> None:
        """Ask it to end."""
        self._process.terminate()


def fork(
    act: Callable[[Sequence[str]], object], words: Sequence[str], given: Mapping[str, str], log: Path
) -> Forked:
    """Do something in a process of its own with its own environment; what it writes goes into the log."""
    process = forks.Process(target=_run, args=(act, list(words), dict(given), str(log)))
    process.start()
    return Forked(process)


def _run(act: Callable[[Sequence[str]], object], words: Sequence[str], given: Mapping[str, str], log: str) -> None:
    file = os.open(log, os.O_WRONLY | os.O_CREAT | os.O_APPEND)
    os.dup2(file, 1)
    os.dup2(file, 2)
    os.environ.clear()
    os.environ.update(given)
    act(words)
