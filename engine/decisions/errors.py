"""What can go wrong with a decision: a file that is not DMN, and a case no or several rules answer.

Errors carry a code and parameters and are worded in the reader's language at the edge.
"""

from __future__ import annotations


class DecisionError(Exception):
    """A decision that cannot be read or made; ``params`` name decision, element and what to do."""

    def __init__(self, code: str, **params: object) -> None:
        self.code = code
        self.params = params
        super().__init__(code, params)

    def __str__(self) -> str:
        """Code and parameters, for logs and test output."""
        return f"{self.code}({', '.join(f'{key}={value!r}' for key, value in self.params.items())})"


class DecisionFileError(DecisionError):
    """The file is no DMN, too big, too deep, or tries to pull in entities."""


class DecisionMissing(DecisionError):
    """The model has no such decision."""


class DecisionBroken(DecisionError):
    """The decision holds a text that is not FEEL, or something that is not supported."""


class NoRuleMatched(DecisionError):
    """No rule of a table fits and it has no default output."""


class RulesOverlap(DecisionError):
    """Several rules of a UNIQUE table fit, or those of an ANY table differ."""


class OutputInvalid(DecisionError):
    """A rule's output is not among the allowed values, so it has no rank; or cannot be added up."""
