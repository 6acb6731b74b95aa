"""Python expressions: comparisons, ``and or not``, arithmetic, ``… if … else …``, literals, paths, ``in […]``."""

from __future__ import annotations

import ast
import warnings

from engine.definitions.foreign import feel_text as feel
from engine.definitions.foreign.feel_text import NotCertain, Part

MAX_LENGTH = 2_000
MAX_DEPTH = 40
_COMPARING: dict[type[ast.cmpop], str] = {
    ast.Eq: "==", ast.NotEq: "!=", ast.Lt: "<", ast.LtE: "<=", ast.Gt: ">", ast.GtE: ">=",
    ast.Is: "==", ast.IsNot: "!=",
}  # fmt: skip
_CALCULATING: dict[type[ast.operator], str] = {ast.Add: "+", ast.Sub: "-", ast.Mult: "*", ast.Div: "/"}


def translate(text: str) -> Part:
    """FEEL for a Python expression; raises `NotCertain`."""
    return of_node(parsed(text.strip(), "eval").body)  # type: ignore[attr-defined]


def parsed(text: str, mode: str) -> ast.AST:
    """The syntax tree of a text; raises `NotCertain` for what is no Python or too much of it."""
    if len(text) > MAX_LENGTH:
        raise NotCertain("uncertain_too_long", length=len(text), most=MAX_LENGTH)
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            return ast.parse(text, mode=mode)
    except (SyntaxError, ValueError, RecursionError, MemoryError) as problem:
        raise NotCertain("uncertain_end") from problem


def of_node(node: ast.AST, depth: int = 0) -> Part:
    """FEEL for a part of a syntax tree; raises `NotCertain`."""
    if depth > MAX_DEPTH:
        raise NotCertain("uncertain_too_deep", most=MAX_DEPTH)
    deeper = depth + 1
    if isinstance(node, ast.Constant):
        return _constant(node.value)
    if isinstance(node, ast.Name):
        return feel.name(node.id)
    if isinstance(node, ast.Attribute):
        return feel.of(of_node(node.value, deeper), node.attr)
    if isinstance(node, ast.Subscript):
        return _subscript(node, deeper)
    if isinstance(node, ast.Compare):
        return _comparison(node, deeper)
    if isinstance(node, ast.Call):
        raise NotCertain("uncertain_call", name=ast.unparse(node.func)[:60])
    return _combined(node, deeper)


def _combined(node: ast.AST, depth: int) -> Part:
    if isinstance(node, ast.BoolOp):
        parts = [of_node(value, depth) for value in node.values]
        join = feel.all_of if isinstance(node.op, ast.And) else feel.any_of
        whole = parts[0]
        for part in parts[1:]:
            whole = join(whole, part)
        return whole
    if isinstance(node, ast.UnaryOp) and isinstance(node.op, ast.Not | ast.USub):
        make = feel.negated if isinstance(node.op, ast.Not) else feel.minus
        return make(of_node(node.operand, depth))
    if isinstance(node, ast.BinOp):
        sign = _CALCULATING.get(type(node.op))
        if sign is None:
            raise NotCertain("uncertain_sign", found=type(node.op).__name__)
        return feel.calculated(sign, of_node(node.left, depth), of_node(node.right, depth))
    if isinstance(node, ast.IfExp):
        return feel.chosen(of_node(node.test, depth), of_node(node.body, depth), of_node(node.orelse, depth))
    raise NotCertain("uncertain_sign", found=ast.unparse(node)[:60] if isinstance(node, ast.expr) else "?")


def _constant(value: object) -> Part:
    if value is None:
        return feel.constant("null")
    if isinstance(value, bool):
        return feel.constant("true" if value else "false")
    if isinstance(value, str):
        return feel.text_literal(value)
    if isinstance(value, int | float) and "e" not in repr(value) and "n" not in repr(value):
        return feel.number(repr(value))
    raise NotCertain("uncertain_sign", found=repr(value)[:60])


def _subscript(node: ast.Subscript, depth: int) -> Part:
    part, key = of_node(node.value, depth), node.slice
    if isinstance(key, ast.Constant) and isinstance(key.value, str):
        return feel.of(part, key.value)
    if isinstance(key, ast.UnaryOp) and isinstance(key.op, ast.USub) and isinstance(key.operand, ast.Constant):
        back = key.operand.value
        if isinstance(back, int) and back > 0:
            return feel.at(part, -back)
    if isinstance(key, ast.Constant) and isinstance(key.value, int) and not isinstance(key.value, bool):
        return feel.at(part, key.value)
    raise NotCertain("uncertain_sign", found="[")


def _comparison(node: ast.Compare, depth: int) -> Part:
    parts: list[Part] = []
    left = node.left
    for operator, right in zip(node.ops, node.comparators, strict=True):
        if isinstance(operator, ast.In | ast.NotIn):
            parts.append(_membership(operator, left, right, depth))
        else:
            sign = _COMPARING[type(operator)]
            if isinstance(operator, ast.Is | ast.IsNot) and not _is_constant(right):
                raise NotCertain("uncertain_words")
            parts.append(feel.compared(sign, of_node(left, depth), of_node(right, depth)))
        left = right
    whole = parts[0]
    for part in parts[1:]:
        whole = feel.all_of(whole, part)
    return whole


def _is_constant(node: ast.expr) -> bool:
    return isinstance(node, ast.Constant) and node.value in (None, True, False)


def _membership(operator: ast.cmpop, left: ast.expr, right: ast.expr, depth: int) -> Part:
    """Only in a list that is written out: in a text or a map ``in`` asks something else."""
    if not isinstance(right, ast.List | ast.Tuple | ast.Set):
        raise NotCertain("uncertain_sign", found="in")
    found = feel.one_of(of_node(left, depth), [of_node(item, depth) for item in right.elts])
    return feel.negated(found) if isinstance(operator, ast.NotIn) else found
