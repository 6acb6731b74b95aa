"""Closures for calls and for functions defined in the text."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING

from engine.feel.builtins import BUILTINS
from engine.feel.builtins.registry import (
    UNKNOWN,
    Arranged,
    Overload,
    arranged,
    as_function,
    call,
    call_arranged,
    refused,
)
from engine.feel.lexer import syntax_error
from engine.feel.syntax import Call, FunctionNode, Literal, Name, Node
from engine.feel.types import UnfitError, coerced
from engine.feel.values import Code, Function, kind

if TYPE_CHECKING:
    from engine.feel.compiler import Compiler
    from engine.feel.limits import Run


class Caller:
    """The part of the compiler that knows calls."""

    def __init__(self, compiler: Compiler) -> None:
        self.compiler = compiler

    def call(self, node: Call) -> Code:
        """A call of a built-in function if the name can mean nothing else, else of whatever value it has."""
        callee = node.callee
        if isinstance(callee, Name) and callee.name in BUILTINS:
            shadowed = self.compiler.is_local(callee.name) or callee.name in self.compiler.declared
            if not shadowed:
                return self._builtin(node, callee.name)
        return self._dynamic(node)

    def _builtin(self, node: Call, name: str) -> Code:
        arguments = [self.compiler.compile(argument) for argument in node.arguments]
        offset = node.offset
        if node.names is not None:
            ways = self._ways(node, name, node.names)
            self._refuse(node, ways[0][0], [node.arguments[at] if at >= 0 else None for at in ways[0][1]])
            return lambda v, run: call_arranged(ways, [argument(v, run) for argument in arguments], run, offset)
        overloads = self._overloads(node, name)
        self._refuse(node, overloads[0], node.arguments)

        def code(v: Mapping[str, object], run: Run) -> object:
            return call(overloads, [argument(v, run) for argument in arguments], run, offset)

        return code

    def _refuse(self, node: Call, overload: Overload, arguments: Sequence[Node | None]) -> None:
        """Constants that the function can have no value for are told when the text is read."""
        values = [_constant(argument) for argument in arguments]
        if (fault := refused(overload, values)) is not None:
            raise syntax_error(self.compiler.text, node.offset, fault[0], **fault[1])

    def _overloads(self, node: Call, name: str) -> list[Overload]:
        fitting = [overload for overload in BUILTINS[name] if overload.takes(len(node.arguments))]
        if fitting:
            return fitting
        count = len(node.arguments)
        raise syntax_error(self.compiler.text, node.offset, "feel_argument_count", function=name, count=count)

    def _ways(self, node: Call, name: str, names: tuple[str, ...]) -> list[Arranged]:
        ways = arranged(BUILTINS[name], names)
        if ways:
            return ways
        known = sorted({parameter.name for overload in BUILTINS[name] for parameter in overload.parameters})
        raise syntax_error(
            self.compiler.text,
            node.offset,
            "feel_argument_names",
            function=name,
            names=", ".join(names)[:80],
            known=", ".join(known),
        )

    def _dynamic(self, node: Call) -> Code:
        callee = self.compiler.compile(node.callee)
        arguments = [self.compiler.compile(argument) for argument in node.arguments]
        fallback = as_function(node.callee.name) if isinstance(node.callee, Name) else None
        names, offset = node.names, node.offset

        def code(v: Mapping[str, object], run: Run) -> object:
            function = callee(v, run)
            if type(function) is not Function:
                if fallback is None:
                    run.warn("feel_not_a_function", offset, found=kind(function))
                    return None
                function = fallback
            values = [argument(v, run) for argument in arguments]
            if names is not None:
                return invoke_named(function, names, values, run, offset)
            return invoke(function, values, run, offset)

        return code

    def function(self, node: FunctionNode, own_name: str = "") -> Code:
        """A function value that keeps the variables of the place where it is written.

        An entry of a context has a name of its own, by which the function may call itself.
        """
        with self.compiler.scope((own_name, *node.parameters)):
            body = self.compiler.compile(node.body)
        parameters, types = node.parameters, node.types

        def code(v: Mapping[str, object], run: Run) -> object:
            run.spend_on_items(v)
            captured = dict(v)

            def invoke_body(run: Run, arguments: list[object], offset: int) -> object:
                inner = dict(captured)
                for name, wanted, argument in zip(parameters, types, arguments, strict=True):
                    try:
                        inner[name] = coerced(argument, wanted, run)
                    except UnfitError:
                        run.warn("feel_argument_kind", offset, parameter=name, found=kind(argument))
                        return None
                run.enter()
                try:
                    return body(inner, run)
                finally:
                    run.leave()

            made = Function(own_name or "function", parameters, invoke_body, types=types)
            if own_name:
                captured[own_name] = made
            return made

        return code


def _constant(node: Node | None) -> object:
    """The value that a node has in any case."""
    if node is None or isinstance(node, Literal):
        return node.value if node is not None else None
    return UNKNOWN


def invoke(function: Function, arguments: list[object], run: Run, offset: int) -> object:
    """Call a function value; null with a warning when the number of arguments does not fit."""
    if not function.variadic and len(arguments) != len(function.parameters):
        run.warn("feel_argument_count", offset, function=function.name, count=len(arguments))
        return None
    return function.invoke(run, arguments, offset)


def invoke_named(
    function: Function, names: tuple[str, ...], values: list[object], run: Run, offset: int
) -> object:
    """Call a function value with named arguments; those not given are null, unknown names make it all null."""
    given = dict(zip(names, values, strict=True))
    if len(given) == len(names):
        if function.by_name is not None:
            return function.by_name(run, given, offset)
        if given.keys() <= set(function.parameters):
            return invoke(function, [given.get(parameter) for parameter in function.parameters], run, offset)
    run.warn("feel_argument_names", offset, function=function.name)
    return None
