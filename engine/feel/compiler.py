"""Turns a tree into closures. Names are resolved once: local, built-in, or looked up in the context."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from collections.abc import Iterator as Iteration
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any

from engine.feel import iteration, operators
from engine.feel.builtins import BUILTINS
from engine.feel.builtins.registry import as_function
from engine.feel.calls import Caller
from engine.feel.lexer import syntax_error
from engine.feel.operators import TestCode, constant
from engine.feel.syntax import (
    Arithmetic,
    Between,
    Call,
    Compare,
    ContextNode,
    Filter,
    For,
    FunctionNode,
    If,
    In,
    InstanceOf,
    Iterator,
    ListNode,
    Literal,
    Logic,
    Name,
    Negate,
    Node,
    Path,
    Quantified,
    RangeNode,
    Tests,
)
from engine.feel.types import conforms
from engine.feel.unary import combined_test, general_test, range_code
from engine.feel.values import FEEL_TYPES, Code, Range, adopt

if TYPE_CHECKING:
    from engine.feel.limits import Run

MAX_TREE_DEPTH = 120
MAX_ITERATORS = 16
INPUT = "?"


class Compiler:
    """Compiles one text; afterwards ``free`` holds the names it takes from the context.

    ``fields`` holds names used only within filters, where the element's own entries may supply them.
    """

    def __init__(self, text: str, declared: frozenset[str]) -> None:
        self.text = text
        self.declared = declared
        self.free: set[str] = set()
        self.fields: set[str] = set()
        self.scoped = False
        self.locals: list[set[str]] = []
        self.watchers: list[set[str]] = []
        self.filter_depth = 0
        self.depth = 0
        self.caller = Caller(self)

    def compile(self, node: Node) -> Code:
        """The closure of an expression.

        Raises FeelSyntaxError for a tree that is too deep or a call that cannot fit.
        """
        self.depth += 1
        if self.depth > MAX_TREE_DEPTH:
            raise syntax_error(self.text, node.offset, "feel_nesting_limit", limit=MAX_TREE_DEPTH)
        code = _COMPILERS[type(node)](self, node)
        self.depth -= 1
        return code

    def is_local(self, name: str) -> bool:
        """Whether a parameter, loop variable or entry of this name surrounds the place."""
        return any(name in level for level in self.locals)

    @contextmanager
    def scope(self, names: Iterable[str]) -> Iteration[set[str]]:
        """Within, these names are local; the text then needs variables of its own."""
        self.scoped = True
        level = set(names)
        self.locals.append(level)
        yield level
        self.locals.pop()

    def use(self, name: str) -> None:
        """Note that a name is used here."""
        for names in self.watchers:
            names.add(name)
        if not self.is_local(name):
            (self.fields if self.filter_depth else self.free).add(name)

    def watched(self, node: Node) -> tuple[Code, set[str]]:
        """The closure of an expression and all names it uses."""
        names: set[str] = set()
        self.watchers.append(names)
        code = self.compile(node)
        self.watchers.pop()
        return code, names

    def literal(self, node: Literal) -> Code:
        """A constant."""
        return constant(node.value)

    def name(self, node: Name) -> Code:
        """A variable; a built-in function if there is no such variable."""
        name, offset = node.name, node.offset
        self.use(name)

        def code(v: Mapping[str, object], run: Run) -> object:
            try:
                value = v[name]
            except KeyError:
                return missing(name, run, offset)
            if type(value) in FEEL_TYPES:
                return value
            return adopt(value, run, offset, name)

        return code

    def negate(self, node: Negate) -> Code:
        """``-x``."""
        return operators.negation(self.compile(node.operand), node.offset)

    def arithmetic(self, node: Arithmetic) -> Code:
        """A chain of operators."""
        terms = [(term.operator, self.compile(term.operand), term.offset) for term in node.terms]
        return operators.arithmetic(self.compile(node.first), terms)

    def logic(self, node: Logic) -> Code:
        """``and``, ``or``."""
        return operators.logic(node.operator, [self.compile(part) for part in node.parts], node.offset)

    def compare(self, node: Compare) -> Code:
        """The six comparisons, faster against a constant."""
        left = self.compile(node.left)
        if isinstance(node.right, Literal):
            value = node.right.value
            if isinstance(node.left, Name):
                return operators.variable_with_constant(node.operator, node.left.name, left, value, node.offset)
            return operators.comparison_with_constant(node.operator, left, value, node.offset)
        return operators.comparison(node.operator, left, self.compile(node.right), node.offset)

    def between(self, node: Between) -> Code:
        """``between``."""
        parts = (self.compile(node.value), self.compile(node.low), self.compile(node.high))
        return operators.between(*parts, node.offset)

    def contained(self, node: In) -> Code:
        """``x in …``."""
        value, test = self.compile(node.value), self.tests(node.tests)
        return lambda v, run: test(value(v, run), v, run)

    def choice(self, node: If) -> Code:
        """``if``."""
        parts = (self.compile(node.condition), self.compile(node.chosen), self.compile(node.otherwise))
        return operators.choice(*parts, node.offset)

    def range(self, node: RangeNode) -> Code:
        """A range as a value."""
        return range_code(self.constant_range(node), *self._ends(node), node)

    def _ends(self, node: RangeNode) -> tuple[Code, Code]:
        low = self.compile(node.low) if node.low else constant(None)
        high = self.compile(node.high) if node.high else constant(None)
        return low, high

    def constant_range(self, node: RangeNode) -> Range | None:
        """The range itself if both ends are constants."""
        ends = [end.value if isinstance(end, Literal) else None for end in (node.low, node.high)]
        if all(end is None or isinstance(end, Literal) for end in (node.low, node.high)):
            return Range(ends[0], ends[1], node.low_included, node.high_included, node.unary)
        return None

    def path(self, node: Path) -> Code:
        """``a.b``."""
        return iteration.path(self.compile(node.source), node.name, node.offset)

    def filter(self, node: Filter) -> Code:
        """``list[…]``."""
        source = self.compile(node.source)
        if isinstance(node.condition, Literal) and not isinstance(node.condition.value, bool):
            return iteration.index_filter(source, node.condition.value, node.offset)
        with self.scope(("item",)):
            self.filter_depth += 1
            condition, names = self.watched(node.condition)
            self.filter_depth -= 1
        return iteration.condition_filter(source, condition, sorted(names), node.offset)

    def _loops(self, iterators: Sequence[Iterator], level: set[str]) -> list[tuple[str, iteration.Source]]:
        if len(iterators) > MAX_ITERATORS:
            raise syntax_error(self.text, iterators[0].offset, "feel_nesting_limit", limit=MAX_ITERATORS)
        loops = []
        for iterator in iterators:
            first = self.compile(iterator.source)
            if iterator.until is None:
                source = iteration.list_source(first, iterator.offset)
            else:
                source = iteration.span_source(first, self.compile(iterator.until), iterator.offset)
            level.add(iterator.name)
            loops.append((iterator.name, source))
        return loops

    def for_loop(self, node: For) -> Code:
        """``for``."""
        with self.scope(()) as level:
            loops = self._loops(node.iterators, level)
            level.add("partial")
            body, names = self.watched(node.body)
        return iteration.for_loop(loops, body, uses_partial="partial" in names)

    def quantified(self, node: Quantified) -> Code:
        """``some``, ``every``."""
        with self.scope(()) as level:
            loops = self._loops(node.iterators, level)
            condition = self.compile(node.condition)
        return iteration.quantifier(loops, condition, some=node.quantifier == "some", offset=node.offset)

    def call(self, node: Call) -> Code:
        """``f(x)``."""
        return self.caller.call(node)

    def function(self, node: FunctionNode) -> Code:
        """``function(x) …``."""
        return self.caller.function(node)

    def instance_of(self, node: InstanceOf) -> Code:
        """``x instance of type``."""
        value, wanted = self.compile(node.value), node.type
        if wanted.name == "null":
            return lambda v, run: value(v, run) is None
        return lambda v, run: conforms(value(v, run), wanted, run)

    def list(self, node: ListNode) -> Code:
        """``[a, b]``."""
        items = [self.compile(item) for item in node.items]

        def code(v: Mapping[str, object], run: Run) -> object:
            run.spend(1 + len(items) // 8)
            return [item(v, run) for item in items]

        return code

    def context(self, node: ContextNode) -> Code:
        """``{a: 1}``."""
        entries = []
        with self.scope(()) as level:
            for key, value in node.entries:
                entries.append((key, self._entry(key, value)))
                level.add(key)

        def code(v: Mapping[str, object], run: Run) -> object:
            inner = dict(v)
            made: dict[str, object] = {}
            for key, value in entries:
                run.spend()
                inner[key] = made[key] = value(inner, run)
            return made

        return code

    def _entry(self, key: str, value: Node) -> Code:
        if isinstance(value, FunctionNode):
            return self.caller.function(value, key)
        return self.compile(value)

    def tests(self, node: Tests) -> TestCode:
        """All alternatives of a unary test as one."""
        if node.any_value:
            return lambda _x, _v, _run: True
        constants = [part.value for part in node.alternatives if isinstance(part, Literal)]
        if len(constants) == len(node.alternatives) > 1:
            kinds = {type(value) for value in constants}
            if kinds in ({str}, {int}):
                return combined_test([operators.set_test(constants, node.offset)], negated=node.negated)
        parts = [self.test(part) for part in node.alternatives]
        return combined_test(parts, negated=node.negated)

    def test(self, node: Node) -> TestCode:
        """One alternative of a unary test."""
        if isinstance(node, Literal):
            return operators.constant_test(node.value, node.offset)
        if isinstance(node, RangeNode):
            limits = self.constant_range(node)
            if limits is not None:
                return operators.range_test(limits, node.offset)
        code, names = self.watched(node)
        decides = not isinstance(node, (Name, Path))
        return general_test(code, node.offset, uses_input=INPUT in names, decides=decides)


def missing(name: str, run: Run, offset: int) -> object:
    """What a name stands for that the context does not have: a built-in function or null."""
    function = as_function(name) if name in BUILTINS else None
    if function is None:
        run.warn("feel_unknown_name", offset, name=name)
    return function


_COMPILERS: dict[type, Callable[[Compiler, Any], Code]] = {
    Literal: Compiler.literal,
    Name: Compiler.name,
    Negate: Compiler.negate,
    Arithmetic: Compiler.arithmetic,
    Logic: Compiler.logic,
    Compare: Compiler.compare,
    Between: Compiler.between,
    In: Compiler.contained,
    If: Compiler.choice,
    RangeNode: Compiler.range,
    Path: Compiler.path,
    Filter: Compiler.filter,
    For: Compiler.for_loop,
    Quantified: Compiler.quantified,
    Call: Compiler.call,
    FunctionNode: Compiler.function,
    InstanceOf: Compiler.instance_of,
    ListNode: Compiler.list,
    ContextNode: Compiler.context,
}
