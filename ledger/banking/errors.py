"""What banking refuses, by line and field; no names and no account numbers in parameters."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any

from kernel.errors import Invalid, Missing, Stale
from ledger.banking.kinds import Column


@dataclass(frozen=True)
class Problem:
    """Why a file cannot go in: ``row`` as a spreadsheet counts (None: the whole file), column, worded code."""

    row: int | None
    column: Column | None
    code: str
    params: dict[str, Any] = field(default_factory=dict)


class StatementRefused(Invalid):
    """The file was not taken and left nothing; ``problems`` says each reason by line and field."""

    code = "statement_refused"

    def __init__(self, problems: Sequence[Problem]) -> None:
        self.problems = tuple(problems)
        first = self.problems[0]
        super().__init__(first.code, field="file", **first.params)


class BankAccountInvalid(Invalid):
    """An account of the bank is described wrongly; the field says where."""

    code = "bank_account_invalid"


class BankAccountMissing(Missing):
    """No such bank account within the actor's scope."""

    code = "bank_account_missing"


class UploadMissing(Missing):
    """The file was taken in, left or is not the actor's to see."""

    code = "statement_upload_missing"


class StatementMissing(Missing):
    """No such statement within the actor's scope."""

    code = "statement_missing"


class LineMissing(Missing):
    """No such line within the actor's scope."""

    code = "statement_line_missing"


class RuleMissing(Missing):
    """No such learned rule within the actor's scope."""

    code = "match_rule_missing"


class LineTaken(Stale):
    """Somebody else dealt with the line first."""

    code = "statement_line_taken"


class MatchRefused(Invalid):
    """A line cannot be matched that way."""

    code = "match_refused"
