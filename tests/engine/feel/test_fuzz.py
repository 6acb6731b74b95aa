"""However a text is made, reading and evaluating it ends soon, in bounds, and in no other error than ours."""

from __future__ import annotations

import os
import resource
import time
from contextlib import suppress
from datetime import UTC, datetime

import pytest

from engine.feel import FeelError, FeelSyntaxError, compile_expression, compile_unary_tests, to_json
from engine.feel.limits import DEFAULT, Limits, Run
from tests.engine.feel.fuzz import CONTEXT, texts

COUNT = int(os.environ.get("KEYTURN_FUZZ_TEXTS", "20000"))
PARTS = 4
NOW = datetime(2026, 2, 3, 9, 30, tzinfo=UTC)
SMALL = Limits(steps=10_000)
SECONDS_EACH = 5.0
MEGABYTES = 300


def _evaluate(text: str) -> Run:
    run = Run(DEFAULT, None, NOW, None)
    try:
        value = compile_expression(text, CONTEXT).run(CONTEXT, run)
        to_json(value)
    except FeelError:
        pass
    return run


def _test_cell(text: str) -> None:
    with suppress(FeelError):
        compile_unary_tests(text).run(5, CONTEXT, Run(SMALL, None, NOW, None))


@pytest.mark.timeout(600)
@pytest.mark.parametrize("part", range(PARTS))
def test_fuzzed_texts_stay_in_bounds(part: int) -> None:
    before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    for text in texts(COUNT // PARTS, seed=20_260_203 + part):
        started = time.process_time()
        run = _evaluate(text)
        _test_cell(text)
        taken = time.process_time() - started
        assert run.steps >= -DEFAULT.steps, text
        assert taken < SECONDS_EACH, text
    grown = (resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - before) / 1024
    assert grown < MEGABYTES, f"{grown:.0f} MB more than before"


def test_enough_of_the_texts_are_good_feel_to_mean_something() -> None:
    sample = list(texts(900, seed=7))
    good = 0
    for text in sample:
        try:
            compile_expression(text, CONTEXT)
            good += 1
        except FeelSyntaxError:
            continue
    assert good > len(sample) * 0.3


def test_evaluation_leaves_its_inputs_as_they_were() -> None:
    before = repr(CONTEXT)
    for text in texts(600, seed=11):
        _evaluate(text)
    assert repr(CONTEXT) == before
