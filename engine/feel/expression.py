"""Compiled texts: expressions and unary tests, cached by text and known names."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from decimal import DecimalException
from functools import lru_cache

from engine.feel.builtins import BUILTINS
from engine.feel.compiler import INPUT, Compiler
from engine.feel.errors import FeelError, FeelLimitError, FeelSyntaxError, FeelWarning
from engine.feel.limits import DEFAULT, Limits, People, Run, WorkingCalendar
from engine.feel.operators import TestCode
from engine.feel.parser import Parser
from engine.feel.reader import KnownNames, index_names
from engine.feel.syntax import Tests
from engine.feel.values import Code

_BUILTIN_NAMES = index_names(BUILTINS)
CACHE_SIZE = 4_096
LONG_TEXT = 300
LONG_CACHE_SIZE = 128
"""Long texts make big closures, so fewer of them are kept."""


@dataclass(frozen=True, slots=True)
class Evaluation:
    """A value and why the nulls within its making were null."""

    value: object
    warnings: tuple[FeelWarning, ...]


class Expression:
    """A FEEL expression ready to be evaluated; safe to share between threads.

    ``names``: variables it takes from the context. ``item_names``: names used within filters only, which
    the filtered elements may supply.
    """

    __slots__ = ("_scoped", "_wanted", "code", "item_names", "names", "text")

    def __init__(self, text: str, code: Code, compiler: Compiler) -> None:
        self.text = text
        self.code = code
        self.names = frozenset(compiler.free - {INPUT})
        self.item_names = frozenset(compiler.fields) - self.names
        self._scoped = compiler.scoped
        self._wanted = tuple(sorted(compiler.free | compiler.fields))

    def evaluate(
        self,
        context: Mapping[str, object],
        *,
        today: date | None = None,
        now: datetime | None = None,
        calendar: WorkingCalendar | None = None,
        people: People | None = None,
        limits: Limits = DEFAULT,
    ) -> object:
        """The value of the expression for these variables.

        ``today`` and ``now`` are the caller's clock. Raises FeelLimitError when a limit is passed.
        """
        return self.run(context, Run(limits, today, now, calendar, people))

    def evaluate_with_warnings(
        self,
        context: Mapping[str, object],
        *,
        today: date | None = None,
        now: datetime | None = None,
        calendar: WorkingCalendar | None = None,
        limits: Limits = DEFAULT,
    ) -> Evaluation:
        """The value together with the reasons for nulls met on the way."""
        run = Run(limits, today, now, calendar)
        value = self.run(context, run)
        return Evaluation(value, tuple(run.warnings or ()))

    def run(self, context: Mapping[str, object], run: Run) -> object:
        """The value within an evaluation already begun, which pays for this one too."""
        if self._scoped:
            context = {name: context[name] for name in self._wanted if name in context}
        try:
            return self.code(context, run)
        except RecursionError:
            raise FeelLimitError("feel_depth_limit", {"limit": run.limits.depth}) from None
        except DecimalException:
            raise FeelError("feel_not_a_number") from None


class UnaryTests:
    """A decision-table cell ready to be put to values; safe to share between threads.

    ``syntax`` is the cell as read and ``alternatives`` its parts as expressions, for who looks into cells.
    """

    __slots__ = ("alternatives", "any_value", "code", "names", "syntax", "text")

    def __init__(self, text: str, syntax: Tests, compiler: Compiler) -> None:
        self.text = text
        self.syntax = syntax
        self.any_value = syntax.any_value
        self.code: TestCode = compiler.tests(syntax)
        self.alternatives = tuple(compiler.compile(part) for part in syntax.alternatives)
        self.names = frozenset((compiler.free | compiler.fields) - {INPUT})

    def __call__(
        self,
        value: object,
        context: Mapping[str, object] | None = None,
        *,
        today: date | None = None,
        now: datetime | None = None,
        calendar: WorkingCalendar | None = None,
        limits: Limits = DEFAULT,
    ) -> bool | None:
        """Whether the value fits; None where that cannot be said.

        Raises FeelLimitError when a limit is passed.
        """
        return self.run(value, context or {}, Run(limits, today, now, calendar))

    def run(self, value: object, context: Mapping[str, object], run: Run) -> bool | None:
        """The answer within an evaluation already begun."""
        try:
            return self.code(value, context, run)
        except RecursionError:
            raise FeelLimitError("feel_depth_limit", {"limit": run.limits.depth}) from None
        except DecimalException:
            raise FeelError("feel_not_a_number") from None


@lru_cache(maxsize=CACHE_SIZE)
def _index(names: frozenset[str]) -> KnownNames:
    return index_names(names)


def _parser(text: str, known: Sequence[frozenset[str]], types: frozenset[str]) -> Parser:
    return Parser(text, (_BUILTIN_NAMES, *map(_index, known)), types)


def _compiler(text: str, known: Sequence[frozenset[str]]) -> Compiler:
    return Compiler(text, known[0].union(*known[1:]) if len(known) > 1 else known[0])


def _expression(text: str, types: frozenset[str], *known: frozenset[str]) -> Expression:
    compiler = _compiler(text, known)
    try:
        return Expression(text, compiler.compile(_parser(text, known, types).whole_expression()), compiler)
    except RecursionError:
        raise FeelSyntaxError("feel_nesting_limit", {}) from None


def _unary_tests(text: str, types: frozenset[str], *known: frozenset[str]) -> UnaryTests:
    compiler = _compiler(text, known)
    try:
        return UnaryTests(text, _parser(text, known, types).whole_unary_tests(), compiler)
    except RecursionError:
        raise FeelSyntaxError("feel_nesting_limit", {}) from None


_short_expression = lru_cache(CACHE_SIZE)(_expression)
_long_expression = lru_cache(LONG_CACHE_SIZE)(_expression)
_short_tests = lru_cache(CACHE_SIZE)(_unary_tests)
_long_tests = lru_cache(LONG_CACHE_SIZE)(_unary_tests)


def compile_expression(
    text: str, names: Iterable[str] = (), *, types: Iterable[str] = (), inner: Iterable[frozenset[str]] = ()
) -> Expression:
    """Read an expression; ``names`` are variables known to exist, which may hold spaces and operators.

    ``types`` are further names allowed after ``instance of``; ``inner`` are names known besides, of the functions
    that the text stands in. Raises FeelSyntaxError with line and column.
    """
    read = _short_expression if len(text) <= LONG_TEXT else _long_expression
    return read(text, frozenset(types), frozenset(names), *inner)


def compile_unary_tests(
    text: str, names: Iterable[str] = (), *, types: Iterable[str] = (), inner: Iterable[frozenset[str]] = ()
) -> UnaryTests:
    """Read a decision-table cell such as ``-``, ``< 5, [10..20]`` or ``not("A", "B")``.

    Raises FeelSyntaxError with line and column.
    """
    read = _short_tests if len(text) <= LONG_TEXT else _long_tests
    return read(text, frozenset(types), frozenset(names), *inner)


def evaluate(
    text: str,
    context: Mapping[str, object] | None = None,
    *,
    today: date | None = None,
    now: datetime | None = None,
    calendar: WorkingCalendar | None = None,
    limits: Limits = DEFAULT,
) -> object:
    """Read and evaluate at once, the keys of the context being the known names.

    Raises FeelSyntaxError and FeelLimitError.
    """
    context = context or {}
    expression = compile_expression(text, [name for name in context if not name.isidentifier()])
    return expression.evaluate(context, today=today, now=now, calendar=calendar, limits=limits)
