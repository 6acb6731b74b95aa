"""The tables of expected outcomes: text files that people read, one line for each command, endpoint or page.

    == Finance ==                  con smg …  adm nobody
    POST /finance/receipts/new     ... ... …  nn.      .

A column is a role (`COLUMNS`), and a cell holds three letters for the three places where somebody may hold it: *here*,
the project the things belong to; *house*, the root above everything; *elsewhere*, a project of another city. *nobody*
is an account without a role. The letters:

    Y   let in, whatever then comes of it
    o   let in and shown nothing, because nothing lies within the scope
    n   refused
    .   told that there is no such thing
    /   not asked, because nobody without a role can have a token

What stands there follows from the trade: from what each role is for (`ledger/staff/roles.py`) and from what the
person at that desk has to do. It is written by hand; a test that finds the application of another opinion tells
both, and one of the two is wrong.
"""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path

FOLDER = Path(__file__).parent
PLACES = ("here", "house", "elsewhere")
COLUMNS = {
    "sales_consultant": "con", "sales_manager": "smg", "project_gm": "pgm", "city_marketing": "cmk",
    "city_finance": "cfi", "city_gm": "cgm", "group_pricing": "prc", "legal": "leg", "finance_clerk": "fcl",
    "finance_manager": "fmg", "filing_clerk": "fil", "mortgage_clerk": "mor", "service_agent": "ser",
    "business_analyst": "ana", "administrator": "adm",
}  # fmt: skip
HEADING = [*COLUMNS.values(), "nobody"]
LETTERS = {"yes": "Y", "empty": "o", "no": "n", "absent": ".", "unasked": "/"}
WIDTH = 64
Outcomes = Mapping[str, Mapping[str, str]]  # By place and role; nobody has one entry under "".


def cells(outcomes: Outcomes) -> list[str]:
    """The cells of a line."""
    roles = ["".join(LETTERS[outcomes[place][role]] for place in PLACES) for role in COLUMNS]
    return [*roles, LETTERS[outcomes.get("nobody", {}).get("", "unasked")]]


def line(name: str, found: list[str]) -> str:
    """A line as the tables have it."""
    return f"{name:{WIDTH}} {' '.join(found)}"


def read(file: str) -> dict[str, list[str]]:
    """The cells of a table by what they are about. A heading that is not the roles in their order is a mistake."""
    found: dict[str, list[str]] = {}
    for text in (FOLDER / file).read_text(encoding="utf-8").splitlines():
        *words, told = text.split()[: -len(HEADING)], text.split()[-len(HEADING) :]
        if not text.strip() or text.startswith("#"):
            continue
        if text.startswith("=="):
            assert told == HEADING, f"the columns of {file} are {' '.join(HEADING)}: {text}"
            continue
        name = " ".join(words[0])
        assert name and name not in found, f"{file} has a line without a name, or one twice: {text}"
        found[name] = told
    return found


def compare(file: str, found: Mapping[str, Outcomes]) -> list[str]:
    """Where the application and the table are of two opinions, cell by cell, and what only one of them knows."""
    told, expected = [], read(file)
    for name, outcomes in found.items():
        seen = cells(outcomes)
        if name not in expected:
            told.append(f"{name} is in no table. Judge who may; the application answers:\n{line(name, seen)}")
        elif expected[name] != seen:
            told.append(f"{name}: the table says, and the application answers:{_differing(expected[name], seen)}")
    told += [f"{name} stands in the table and is gone" for name in expected if name not in found]
    return [f"{file}:", *told] if told else []


def _differing(expected: list[str], seen: list[str]) -> str:
    pairs = zip([*COLUMNS, "nobody"], expected, seen, strict=True)
    return "".join(f"\n    {role:17} {one:3}  {other:3}" for role, one, other in pairs if one != other)
