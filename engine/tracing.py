"""Where in the program something failed: files and lines alone, since values could be somebody's data."""

from __future__ import annotations

import sys
import traceback
from pathlib import Path

MOST = 40


def frames_of(fault: BaseException) -> tuple[str, ...]:
    """``file:line in function`` from the outermost call to the failing one, causes first, the last `MOST`."""
    chain: list[BaseException] = []
    cause: BaseException | None = fault
    while cause is not None and cause not in chain:
        chain.append(cause)
        cause = cause.__cause__ or cause.__context__
    return tuple(line for one in reversed(chain) for line in _lines(one))[-MOST:]


def _lines(fault: BaseException) -> list[str]:
    frames = traceback.extract_tb(fault.__traceback__)
    told = [f"{_short(frame.filename)}:{frame.lineno} in {frame.name}" for frame in frames]
    return [*told, f"{type(fault).__module__}.{type(fault).__qualname__}"]


def _short(file: str) -> str:
    """The file as it is imported, without the machine's folders."""
    path = Path(file)
    roots = [Path(entry) for entry in sys.path if entry]
    inside = [path.relative_to(root) for root in roots if path.is_relative_to(root)]
    return str(min(inside, key=lambda relative: len(relative.parts), default=Path(path.name)))
