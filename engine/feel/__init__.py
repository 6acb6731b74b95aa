"""FEEL, the expression language of DMN: conditions, timers, correlation, script assignments, cells.

A text is read once into closures and evaluated as often as needed. It can only calculate with the values
it is given: no attribute of a Python object is ever looked up, and steps, sizes and time are bounded.
See docs/feel.md for what is supported.
"""

from engine.feel.errors import FeelError, FeelLimitError, FeelSyntaxError, FeelWarning
from engine.feel.expression import (
    Evaluation,
    Expression,
    UnaryTests,
    compile_expression,
    compile_unary_tests,
    evaluate,
)
from engine.feel.json_values import NotJsonError, from_json, to_json
from engine.feel.limits import DEFAULT, Limits, Run, WorkingCalendar
from engine.feel.values import Function, Months, Range

__all__ = [
    "DEFAULT",
    "Evaluation",
    "Expression",
    "FeelError",
    "FeelLimitError",
    "FeelSyntaxError",
    "FeelWarning",
    "Function",
    "Limits",
    "Months",
    "NotJsonError",
    "Range",
    "Run",
    "UnaryTests",
    "WorkingCalendar",
    "compile_expression",
    "compile_unary_tests",
    "evaluate",
    "from_json",
    "to_json",
]
