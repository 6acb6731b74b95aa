"""Reads FEEL expressions and unary tests into a tree, by operator precedence.

From weak to strong: ``or`` · ``and`` · comparison, ``between``, ``in`` · ``+ -`` · ``* /`` · ``**`` ·
``-x`` · ``instance of`` · path, filter, call. Operators of one strength are worked from left to right,
``**`` too, and ``-2 ** 2`` is 4, as the standard has it.
"""

from __future__ import annotations

from collections.abc import Callable
from decimal import DecimalException

from engine.feel.lexer import Token, unescape
from engine.feel.reader import KEYWORDS, Reader
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
    Term,
    Tests,
    TypeNode,
)
from engine.feel.temporal import parse_temporal
from engine.feel.values import DECIMALS, WHOLE_LIMIT, Number

OR, AND, COMPARISON, SUM, PRODUCT, POWER, MINUS, INSTANCE, POSTFIX = range(1, 10)

STRENGTH = {
    "or": OR,
    "and": AND,
    "=": COMPARISON,
    "!=": COMPARISON,
    "<": COMPARISON,
    "<=": COMPARISON,
    ">": COMPARISON,
    ">=": COMPARISON,
    "between": COMPARISON,
    "in": COMPARISON,
    "+": SUM,
    "-": SUM,
    "*": PRODUCT,
    "/": PRODUCT,
    "**": POWER,
    "instance": INSTANCE,
    ".": POSTFIX,
    "[": POSTFIX,
    "(": POSTFIX,
}

ORDERS = frozenset({"<", "<=", ">", ">="})
COMPARISONS = ORDERS | {"=", "!="}
CONSTANTS = {"true": True, "false": False, "null": None}
AFTER_RANGE = frozenset(
    {"", ")", "]", "}", ",", ".", "=", "!=", "and", "or", "then", "else", "return", "satisfies"}
    | {"in", "instance"}
)
"""What may follow the bracket of ``]1..5[`` and cannot begin a filter."""

MAX_DIGITS = 200


class Parser(Reader):
    """Parses one text; each method takes one construct from the tokens."""

    def whole_expression(self) -> Node:
        """The text as one expression."""
        node = self.expression()
        if self.token.kind != "end":
            raise self.unexpected()
        return node

    def whole_unary_tests(self) -> Tests:
        """The text as a decision-table cell."""
        if self.sign("-") and self.peek().kind == "end":
            return Tests(0, (), any_value=True)
        negated = self._negated_tests()
        if negated is not None:
            return negated
        tests = Tests(0, self._alternatives())
        if self.token.kind != "end":
            raise self.unexpected()
        return tests

    def _negated_tests(self) -> Tests | None:
        if not (self.word("not") and self.peek().text == "(" and self._closes_at_end()):
            return None
        self.advance()
        self.advance()
        tests = Tests(0, self._alternatives(), negated=True)
        self.expect(")")
        return tests

    def _closes_at_end(self) -> bool:
        depth = 0
        for index, token in enumerate(self.tokens[1:], 1):
            if token.kind != "sign":
                continue
            depth += (token.text == "(") - (token.text == ")")
            if depth <= 0:
                return self.tokens[index + 1].kind == "end"
        return False

    def _alternatives(self) -> tuple[Node, ...]:
        alternatives = [self.test()]
        while self.accept(","):
            alternatives.append(self.test())
        return tuple(alternatives)

    def test(self) -> Node:
        """One alternative of a unary test: ``< 5``, a range, or an expression."""
        token = self.token
        if token.kind == "sign" and token.text in COMPARISONS:
            return self._unary_comparison()
        return self.expression()

    def _unary_comparison(self) -> RangeNode:
        token = self.advance()
        value = self.expression(SUM)
        if token.text in ("=", "!="):
            return RangeNode(token.start, value, value, True, True, token.text)
        if token.text in ("<", "<="):
            return RangeNode(token.start, None, value, False, token.text == "<=", token.text)
        return RangeNode(token.start, value, None, token.text == ">=", False, token.text)

    def expression(self, strength: int = OR) -> Node:
        """An expression whose operators bind at least so strongly."""
        self.go_deeper()
        node = self._climb(self._prefix(), strength)
        self.nesting -= 1
        return node

    def _climb(self, left: Node, strength: int) -> Node:
        """Everything that follows an operand as long as it binds at least so strongly."""
        while True:
            token = self.token
            binding = STRENGTH.get(token.text, 0) if token.kind in ("sign", "word") else 0
            if binding < strength or not binding or self._closes_range(token):
                return left
            left = self._infix(left, token, binding)

    def _closes_range(self, token: Token) -> bool:
        return self.in_range and token.text == "[" and self.peek().text in AFTER_RANGE

    def _infix(self, left: Node, token: Token, binding: int) -> Node:
        if binding in (SUM, PRODUCT, POWER):
            return self._arithmetic(left, binding)
        if binding in (OR, AND):
            return self._logic(left, token, binding)
        self.advance()
        postfix = _POSTFIX.get(token.text)
        return self._comparison(left, token) if postfix is None else postfix(self, left, token)

    def _between(self, left: Node, token: Token) -> Node:
        low = self.expression(SUM)
        self.expect("and")
        return Between(token.start, left, low, self.expression(SUM))

    def _in(self, left: Node, token: Token) -> Node:
        return In(token.start, left, self._in_tests())

    def _instance_of(self, left: Node, token: Token) -> Node:
        self.expect("of")
        return InstanceOf(token.start, left, self.type())

    def _path(self, left: Node, token: Token) -> Node:
        return Path(token.start, left, self.entry_name())

    def _filter(self, left: Node, token: Token) -> Node:
        self.known.append(self.keys)
        condition = self._enclosed("]")
        self.known.pop()
        return Filter(token.start, left, condition)

    def _comparison(self, left: Node, token: Token) -> Node:
        if token.text not in ("=", "!=") and isinstance(left, Compare) and left.operator not in ("=", "!="):
            raise self.fail("feel_comparison_chain", token.start, found=token.text)
        if token.text in ("=", "!=") and self.token.kind == "sign" and self.token.text in ORDERS:
            return Compare(token.start, token.text, left, self._unary_comparison())
        return Compare(token.start, token.text, left, self.expression(SUM))

    def _enclosed(self, closing: str) -> Node:
        outer, self.in_range = self.in_range, False
        node = self.expression()
        self.in_range = outer
        self.expect(closing)
        return node

    def _arithmetic(self, left: Node, binding: int) -> Node:
        terms = []
        while STRENGTH.get(self.token.text) == binding and self.token.kind == "sign":
            operator = self.advance()
            terms.append(Term(operator.text, self.expression(binding + 1), operator.start))
        return Arithmetic(left.offset, left, tuple(terms))

    def _logic(self, left: Node, token: Token, binding: int) -> Node:
        parts = [left]
        while self.word(token.text):
            self.advance()
            parts.append(self.expression(binding + 1))
        return Logic(token.start, token.text, tuple(parts))

    def _in_tests(self) -> Tests:
        start = self.token.start
        if not self.sign("(") or self.peek().text == "..":
            if self.token.kind == "sign" and self.token.text in COMPARISONS:
                return Tests(start, (self._unary_comparison(),))
            return Tests(start, (self.expression(SUM),))
        self.advance()
        outer, self.in_range = self.in_range, False
        alternatives = [self.test()]
        if self.sign(".."):
            self.in_range = outer
            alternatives = [self._range(start, alternatives[0], included=False)]
        else:
            while self.accept(","):
                alternatives.append(self.test())
            self.expect(")")
            self.in_range = outer
        if len(alternatives) == 1:
            alternatives = [self._climb(alternatives[0], SUM)]
        return Tests(start, tuple(alternatives))

    def _call(self, callee: Node, token: Token) -> Call:
        outer, self.in_range = self.in_range, False
        arguments: list[Node] = []
        names: list[str] = []
        while arguments or not self.sign(")"):
            name = self._argument_name()
            if name is not None:
                names.append(name)
            arguments.append(self.expression())
            if len(names) not in (0, len(arguments)):
                raise self.fail("feel_mixed_arguments", token.start)
            if not self.accept(","):
                break
        self.expect(")")
        self.in_range = outer
        offset = callee.offset if isinstance(callee, Name) else token.start
        return Call(offset, callee, tuple(arguments), tuple(names) if names else None)

    def _argument_name(self) -> str | None:
        ahead = 0
        while self.peek(ahead).kind == "word":
            ahead += 1
        if not ahead or self.peek(ahead).text != ":":
            return None
        name = self.free_name((":",))
        self.expect(":")
        return name

    def _prefix(self) -> Node:
        token = self.token
        match token.kind:
            case "number":
                self.advance()
                return Literal(token.start, self._number(token, ""))
            case "string":
                self.advance()
                return Literal(token.start, unescape(self.text, token))
            case "word":
                return self._word(token)
            case "sign":
                return self._sign(token)
        raise self.unexpected("expression")

    def _number(self, token: Token, sign: str) -> Number:
        text = sign + token.text
        try:
            value = DECIMALS.create_decimal(text) if len(text) <= MAX_DIGITS else None
        except DecimalException:
            value = None
        if value is None:
            raise self.fail("feel_number_limit", token.start, found=token.text[:40])
        if token.text.isdecimal() and abs(int(token.text)) < WHOLE_LIMIT:
            return int(text)
        return value

    def _word(self, token: Token) -> Node:
        known = self.known_name()
        if known is not None:
            return Name(token.start, known)
        if token.text in CONSTANTS:
            self.advance()
            return Literal(token.start, CONSTANTS[token.text])
        construct = _WORDS.get(token.text)
        if construct is not None:
            return construct(self)
        if token.text in KEYWORDS:
            raise self.unexpected("expression")
        return Name(token.start, self.name())

    def _sign(self, token: Token) -> Node:
        construct = _SIGNS.get(token.text)
        if construct is None:
            raise self.unexpected("expression")
        return construct(self)

    def _minus(self) -> Node:
        start = self.advance().start
        following = self.token
        if following.kind == "number":
            self.advance()
            return Literal(start, self._number(following, "-"))
        return Negate(start, self.expression(MINUS))

    def _open_range(self) -> Node:
        start = self.advance().start
        if self.sign(".."):
            return self._range(start, None, included=False)
        return self._range(start, self.expression(), included=False)

    def _at_literal(self) -> Literal:
        start = self.advance().start
        token = self.token
        if token.kind != "string":
            raise self.unexpected("string")
        value = parse_temporal(unescape(self.text, self.advance()))
        if value is None:
            raise self.fail("feel_temporal_literal", start, found=token.text[:60])
        return Literal(start, value)

    def _parenthesis(self) -> Node:
        token = self.advance()
        if self.sign(".."):
            return self._range(token.start, None, included=False)
        outer, self.in_range = self.in_range, False
        node: Node
        if self.token.kind == "sign" and self.token.text in COMPARISONS:
            node = self._unary_comparison()
        else:
            node = self.expression()
        self.in_range = outer
        if self.sign(".."):
            return self._range(token.start, node, included=False)
        self.expect(")")
        return node

    def _bracket(self) -> Node:
        token = self.advance()
        outer, self.in_range = self.in_range, False
        items: list[Node] = []
        while items or not self.sign("]"):
            items.append(self.test())
            if len(items) == 1 and self.sign(".."):
                self.in_range = outer
                return self._range(token.start, items[0], included=True)
            if not self.accept(","):
                break
        self.in_range = outer
        self.expect("]")
        return ListNode(token.start, tuple(items))

    def _range(self, start: int, low: Node | None, *, included: bool) -> RangeNode:
        self.expect("..")
        if low is not None and (self.sign(")") or self.sign("[")):
            self.advance()
            return RangeNode(start, low, None, included, False, ">=" if included else ">")
        outer, self.in_range = self.in_range, True
        high = self.expression()
        self.in_range = outer
        open_start = low is None
        if self.accept("]"):
            return RangeNode(start, low, high, included, True, "<=" if open_start else None)
        if self.accept(")") or self.accept("["):
            return RangeNode(start, low, high, included, False, "<" if open_start else None)
        raise self.unexpected("]")

    def _context(self) -> ContextNode:
        start = self.advance().start
        outer, self.in_range = self.in_range, False
        entries: dict[str, Node] = {}
        with self.knowing(()):
            while entries or not self.sign("}"):
                at = self.token
                key = unescape(self.text, self.advance()) if at.kind == "string" else self.free_name((":",))
                self.expect(":")
                if key in entries:
                    raise self.fail("feel_duplicate_key", at.start, key=key[:60])
                entries[key] = self.expression()
                self.learn(key)
                self.learn_key(key)
                if not self.accept(","):
                    break
        self.expect("}")
        self.in_range = outer
        return ContextNode(start, tuple(entries.items()))

    def _if(self) -> If:
        start = self.advance().start
        condition = self.expression()
        self.expect("then")
        chosen = self.expression()
        self.expect("else")
        return If(start, condition, chosen, self.expression())

    def _iterators(self) -> tuple[Iterator, ...]:
        iterators: list[Iterator] = []
        while not iterators or self.accept(","):
            start = self.token.start
            name = self.free_name(("in",))
            self.expect("in")
            source = self.expression()
            until = self.expression() if self.accept("..") else None
            iterators.append(Iterator(name, source, until, start))
            self.learn(name)
        return tuple(iterators)

    def _for(self) -> For:
        start = self.advance().start
        with self.knowing(("partial",)):
            iterators = self._iterators()
            self.expect("return")
            return For(start, iterators, self.expression())

    def _quantified(self) -> Quantified:
        token = self.advance()
        with self.knowing(()):
            iterators = self._iterators()
            self.expect("satisfies")
            return Quantified(token.start, token.text, iterators, self.expression())

    def _function(self) -> FunctionNode:
        start = self.advance().start
        self.expect("(")
        parameters: list[str] = []
        types: list[TypeNode | None] = []
        while parameters or not self.sign(")"):
            parameters.append(self.free_name((":", ",", ")")))
            types.append(self.type() if self.accept(":") else None)
            if not self.accept(","):
                break
        self.expect(")")
        if self.word("external"):
            raise self.fail("feel_external_function")
        if len(set(parameters)) != len(parameters):
            raise self.fail("feel_duplicate_key", start, key="parameter")
        with self.knowing(parameters):
            return FunctionNode(start, tuple(parameters), tuple(types), self.expression())


_POSTFIX: dict[str, Callable[[Parser, Node, Token], Node]] = {
    "between": Parser._between,
    "in": Parser._in,
    "instance": Parser._instance_of,
    ".": Parser._path,
    "[": Parser._filter,
    "(": Parser._call,
}
_WORDS: dict[str, Callable[[Parser], Node]] = {
    "if": Parser._if,
    "for": Parser._for,
    "some": Parser._quantified,
    "every": Parser._quantified,
    "function": Parser._function,
}
_SIGNS: dict[str, Callable[[Parser], Node]] = {
    "-": Parser._minus,
    "(": Parser._parenthesis,
    "[": Parser._bracket,
    "]": Parser._open_range,
    "{": Parser._context,
    "@": Parser._at_literal,
}
