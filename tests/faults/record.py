"""What rounds of killing came to: a line each in a file, so that many can be run in parts and told together.

KEYTURN_FAULT_RECORD names the file; rounds that stand in it are not run again. ``python -m tests.faults.record FILE``
writes the table of docs/reliability.md.
"""

from __future__ import annotations

import json
import os
import re
import sys
from collections import defaultdict
from dataclasses import asdict, dataclass
from datetime import UTC, datetime
from pathlib import Path

_FILE = os.environ.get("KEYTURN_FAULT_RECORD", "")
_PAGE = Path(__file__).parents[2] / "docs" / "reliability.md"
_TABLE = re.compile(r"(<!-- kills -->\n).*?(<!-- /kills -->)", re.DOTALL)


@dataclass(frozen=True)
class Result:
    """One round. ``broken`` are requests that were cut off, ``repeated`` deliveries that came again."""

    setup: str
    seed: int
    kills: int
    acknowledged: int
    cases: int
    broken: int
    repeated: int
    wrong: int
    on: str


def is_recorded(setup: str, seed: int) -> bool:
    """Whether a round has been run before."""
    return any(one.setup == setup and one.seed == seed for one in read(_FILE))


def note(setup: str, seed: int, **figures: int) -> None:
    """Add a round to the file, where one is named."""
    if _FILE:
        Path(_FILE).parent.mkdir(parents=True, exist_ok=True)
        result = Result(setup, seed, on=datetime.now(UTC).date().isoformat(), **figures)
        with Path(_FILE).open("a") as file:
            file.write(json.dumps(asdict(result)) + "\n")


def read(file: str) -> list[Result]:
    """The rounds of a file; none where there is none."""
    if not file or not Path(file).exists():
        return []
    return [Result(**json.loads(line)) for line in Path(file).read_text().splitlines()]


def table(results: list[Result]) -> str:
    """The sums as Markdown."""
    by_setup: dict[str, list[Result]] = defaultdict(list)
    for result in results:
        by_setup[result.setup].append(result)
    lines = [
        "| Set-up | Kills | Acts acknowledged | Cases | Requests cut off | Deliveries repeated | Rounds with a fault | Last run |",
        "|---|---|---|---|---|---|---|---|",
    ]
    for setup, rounds in by_setup.items():
        lines.append(_line(setup, rounds))
    lines.append(_line("all", results))
    return "\n".join(lines) + "\n"


def _line(setup: str, rounds: list[Result]) -> str:
    names = ("kills", "acknowledged", "cases", "broken", "repeated", "wrong")
    sums = [f"{sum(getattr(one, name) for one in rounds):,}" for name in names]
    return f"| {setup} | {' | '.join(sums)} | {max(one.on for one in rounds)} |"


def main() -> None:
    """Write the table of a file into the page."""
    results = read(sys.argv[1])
    _PAGE.write_text(_TABLE.sub(lambda found: found[1] + table(results) + found[2], _PAGE.read_text()))


if __name__ == "__main__":
    main()
