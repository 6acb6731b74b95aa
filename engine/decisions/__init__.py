"""Decisions by DMN: tables and boxed expressions, made, checked and explained.

``parse`` reads a file, ``check`` finds what is wrong with it before anyone depends on it, ``evaluate``
makes a decision and says which rules fired.
"""

from engine.decisions.boxed import FiredRule
from engine.decisions.check import check
from engine.decisions.errors import (
    DecisionBroken,
    DecisionError,
    DecisionFileError,
    DecisionMissing,
    NoRuleMatched,
    OutputInvalid,
    RulesOverlap,
)
from engine.decisions.evaluator import DecisionResult, evaluate, evaluate_knowledge, evaluate_service
from engine.decisions.findings import DecisionFinding
from engine.decisions.model import DecisionModel
from engine.decisions.reader import parse

__all__ = [
    "DecisionBroken",
    "DecisionError",
    "DecisionFileError",
    "DecisionFinding",
    "DecisionMissing",
    "DecisionModel",
    "DecisionResult",
    "FiredRule",
    "NoRuleMatched",
    "OutputInvalid",
    "RulesOverlap",
    "check",
    "evaluate",
    "evaluate_knowledge",
    "evaluate_service",
    "parse",
]
