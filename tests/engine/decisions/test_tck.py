"""Every case of the DMN Technology Compatibility Kit that lies beside the checkout, level by level."""

from __future__ import annotations

from functools import lru_cache
from pathlib import Path

import pytest

from engine.decisions import DecisionModel
from tests.engine.decisions.tck import Case, answer, cases, model_of, plain
from tests.machine import SHARED

KIT = SHARED / "data" / "dmn-tck"
LEVELS = sorted(KIT.glob("compliance-level-*"))

if not LEVELS:
    pytest.skip("the kit's cases are not beside this checkout", allow_module_level=True)

CASES = [case for level in LEVELS for case in cases(level)]


@lru_cache(maxsize=8)
def _model(file: Path) -> DecisionModel:
    return model_of(file)


@pytest.mark.parametrize("case", CASES, ids=lambda case: case.name)
def test_case_gives_what_the_kit_expects(case: Case) -> None:
    assert plain(answer(case, _model(case.file))) == plain(case.expected), case.asked


def test_all_files_of_level_2_are_read() -> None:
    files = list((KIT / "compliance-level-2").glob("*/*"))
    assert len(files) == 56
    assert {case.file for case in CASES} >= {file for file in files if file.suffix == ".dmn"}
