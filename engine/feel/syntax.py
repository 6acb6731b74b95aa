"""The tree a FEEL text is read into. ``offset`` is the place in the text, for errors and warnings."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Node:
    """Any expression."""

    offset: int


@dataclass(frozen=True, slots=True)
class Literal(Node):
    """A constant."""

    value: object


@dataclass(frozen=True, slots=True)
class Name(Node):
    """A variable, parameter or built-in function by name."""

    name: str


@dataclass(frozen=True, slots=True)
class Negate(Node):
    """``-operand``."""

    operand: Node


@dataclass(frozen=True, slots=True)
class Term:
    """One further operand in a chain of operators of the same strength."""

    operator: str
    operand: Node
    offset: int


@dataclass(frozen=True, slots=True)
class Arithmetic(Node):
    """``first op term op term …``, worked from left to right."""

    first: Node
    terms: tuple[Term, ...]


@dataclass(frozen=True, slots=True)
class Logic(Node):
    """``a and b and c`` or ``a or b or c``."""

    operator: str
    parts: tuple[Node, ...]


@dataclass(frozen=True, slots=True)
class Compare(Node):
    """``left operator right`` for the six comparisons."""

    operator: str
    left: Node
    right: Node


@dataclass(frozen=True, slots=True)
class Between(Node):
    """``value between low and high``, both included."""

    value: Node
    low: Node
    high: Node


@dataclass(frozen=True, slots=True)
class Tests(Node):
    """Alternatives of a unary test; ``any_value`` is the dash."""

    alternatives: tuple[Node, ...]
    negated: bool = False
    any_value: bool = False


@dataclass(frozen=True, slots=True)
class In(Node):
    """``value in tests``."""

    value: Node
    tests: Tests


@dataclass(frozen=True, slots=True)
class RangeNode(Node):
    """``[low..high]``; as a unary test ``< 5`` one end is missing and ``unary`` holds the operator."""

    low: Node | None
    high: Node | None
    low_included: bool
    high_included: bool
    unary: str | None = None


@dataclass(frozen=True, slots=True)
class If(Node):
    """``if condition then chosen else otherwise``."""

    condition: Node
    chosen: Node
    otherwise: Node


@dataclass(frozen=True, slots=True)
class Iterator:
    """``name in source`` or ``name in source..until``."""

    name: str
    source: Node
    until: Node | None
    offset: int


@dataclass(frozen=True, slots=True)
class For(Node):
    """``for a in x, b in y return body``."""

    iterators: tuple[Iterator, ...]
    body: Node


@dataclass(frozen=True, slots=True)
class Quantified(Node):
    """``some`` or ``every`` … ``satisfies condition``."""

    quantifier: str
    iterators: tuple[Iterator, ...]
    condition: Node


@dataclass(frozen=True, slots=True)
class Path(Node):
    """``source.name``."""

    source: Node
    name: str


@dataclass(frozen=True, slots=True)
class Filter(Node):
    """``source[condition]``, by position or by condition."""

    source: Node
    condition: Node


@dataclass(frozen=True, slots=True)
class Call(Node):
    """``callee(arguments)``; with ``names`` the arguments are named."""

    callee: Node
    arguments: tuple[Node, ...]
    names: tuple[str, ...] | None


@dataclass(frozen=True, slots=True)
class FunctionNode(Node):
    """``function(a, b) body``."""

    parameters: tuple[str, ...]
    types: tuple[TypeNode | None, ...]
    body: Node


@dataclass(frozen=True, slots=True)
class TypeNode:
    """A type as written after ``instance of``: its name, and element or member types.

    An ``own`` type is one that the surroundings of the text define.
    """

    name: str
    element: TypeNode | None = None
    members: tuple[tuple[str, TypeNode], ...] = ()
    own: bool = False


@dataclass(frozen=True, slots=True)
class InstanceOf(Node):
    """``value instance of type``."""

    value: Node
    type: TypeNode


@dataclass(frozen=True, slots=True)
class ListNode(Node):
    """``[a, b]``."""

    items: tuple[Node, ...]


@dataclass(frozen=True, slots=True)
class ContextNode(Node):
    """``{a: 1, b: a + 1}``; later entries see earlier ones."""

    entries: tuple[tuple[str, Node], ...]
