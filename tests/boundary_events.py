"""That every boundary event of the diagrams Keyturn ships has a story in which it happens.

Each process that runs tests notes which boundary events fired in `tests/stories`. When all stories were run, an event
that happened in none of them fails the run and is named.
"""

from __future__ import annotations

from collections.abc import Iterator
from functools import wraps
from pathlib import Path
from typing import Any

import pytest

from engine.definitions.reader import read_all
from engine.spiff.steps import BoundaryStep
from webapp.definitions import shipped_resources

STORIES = Path(__file__).parent / "stories"
_TOLD = "boundary_events"


class BoundaryEvents:
    """The plugin: notes in each process that runs tests, sums up where their results come together."""

    def __init__(self) -> None:
        self.fired: set[tuple[str, str]] = set()
        self.whole = False
        self._in_a_story = False

    def note(self, place: tuple[str, str]) -> None:
        """A boundary event fired: the process or sub-process it stands in, and its own id."""
        if self._in_a_story:
            self.fired.add(place)

    def pytest_collection_finish(self, session: pytest.Session) -> None:
        """See whether all stories are to be run."""
        collected = {item.path for item in session.items}
        narrowed = any(
            session.config.getoption(name, False) for name in ("keyword", "lf", "failedfirst", "markexpr")
        )
        self.whole = not narrowed and collected.issuperset(STORIES.glob("test_*.py"))

    def pytest_runtest_setup(self, item: pytest.Item) -> None:
        """What fires elsewhere than in a story does not count."""
        self._in_a_story = item.path.is_relative_to(STORIES)

    def pytest_testnodedown(self, node: Any) -> None:
        """A worker is done: take over what it noted."""
        whole, fired = getattr(node, "workeroutput", {}).get(_TOLD, (False, ()))
        self.whole = self.whole or whole
        self.fired.update(tuple(place) for place in fired)

    @pytest.hookimpl(trylast=True)
    def pytest_sessionfinish(self, session: pytest.Session) -> None:
        """Tell the one who sums up; there, fail the run for what has no story."""
        output = getattr(session.config, "workeroutput", None)
        if output is not None:
            output[_TOLD] = (self.whole, sorted(self.fired))
        elif session.exitstatus == pytest.ExitCode.OK and self.without_story():
            session.exitstatus = pytest.ExitCode.TESTS_FAILED

    def pytest_terminal_summary(self, terminalreporter: pytest.TerminalReporter) -> None:
        """Name what has no story."""
        for told in self.without_story():
            terminalreporter.write_line(f"No story walks through {told}", red=True)

    def without_story(self) -> list[str]:
        """The boundary events that fired in no story; none unless all stories were run."""
        if not self.whole:
            return []
        return [told for place, told in _shipped() if place not in self.fired]


def _shipped() -> Iterator[tuple[tuple[str, str], str]]:
    for name, xml in shipped_resources().items():
        for process in read_all(xml) if name.endswith(".bpmn") else ():
            for node in process.nodes.values():
                if node.kind == "boundaryEvent":
                    place = f"{node.id} ({node.name}) on {node.attached_to} of {process.key}"
                    yield (node.scope, node.id), place


def watch(config: pytest.Config) -> None:
    """Begin to note; each boundary event says when it takes place."""
    events = BoundaryEvents()
    config.pluginmanager.register(events, _TOLD)
    take = BoundaryStep.take

    @wraps(take)
    def noted(step: BoundaryStep, *told: Any) -> None:
        events.note((step.node.scope, step.node.id))
        take(step, *told)

    patch = pytest.MonkeyPatch()
    patch.setattr(BoundaryStep, "take", noted)
    config.add_cleanup(patch.undo)
