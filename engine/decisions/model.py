"""A DMN file as read: decisions, input data, business knowledge, types, and their boxed expressions.

All FEEL texts are compiled when the file is read. A text with an error keeps it, so that ``check`` can
report every one; evaluating it raises DecisionBroken.
"""

from __future__ import annotations

from dataclasses import dataclass, field

from engine.feel import Expression, FeelSyntaxError, UnaryTests
from engine.feel.operators import TestCode


@dataclass(frozen=True, slots=True)
class Place:
    """Where something stands in the file: the nearest element with an id, and the line."""

    element_id: str
    element_name: str
    line: int


@dataclass(frozen=True, slots=True)
class Text:
    """A FEEL expression in the file; ``expression`` is None when it is empty or broken."""

    text: str
    place: Place
    expression: Expression | None
    error: FeelSyntaxError | None = None


@dataclass(frozen=True, slots=True)
class Cell:
    """A unary test in the file; an empty one or a dash takes any value."""

    text: str
    place: Place
    tests: UnaryTests | None
    error: FeelSyntaxError | None = None

    @property
    def any_value(self) -> bool:
        """Whether the cell takes any value, null too."""
        return self.error is None and (self.tests is None or self.tests.any_value)


@dataclass(frozen=True, slots=True)
class ItemType:
    """A type defined in the file: a base type or components, perhaps a list.

    ``allowed`` tests a value (each element of a list), ``constraint`` a list as a whole. The type of a
    function has ``is_function`` and as ``type_ref`` the type of its results.
    """

    name: str
    type_ref: str
    is_list: bool
    components: tuple[ItemType, ...]
    allowed: Cell | None
    constraint: Cell | None
    place: Place
    is_function: bool = False


@dataclass(frozen=True, slots=True)
class Input:
    """An input column of a table."""

    expression: Text
    type_ref: str
    allowed: Cell | None
    label: str
    place: Place


@dataclass(frozen=True, slots=True)
class Output:
    """An output column of a table."""

    name: str
    type_ref: str
    allowed: Cell | None
    default: Text | None
    place: Place


@dataclass(frozen=True, slots=True)
class Rule:
    """A row of a table; ``index`` counts from 1 as people do."""

    index: int
    rule_id: str
    cells: tuple[Cell, ...]
    outputs: tuple[Text, ...]
    place: Place


Matcher = tuple[Rule, tuple[tuple[int, TestCode], ...]]
"""A rule with the tests that it puts to the input columns; cells that take any value are left out."""


@dataclass(frozen=True, slots=True)
class Table:
    """A decision table."""

    hit_policy: str
    aggregation: str
    inputs: tuple[Input, ...]
    outputs: tuple[Output, ...]
    rules: tuple[Rule, ...]
    type_ref: str
    place: Place
    matchers: tuple[Matcher, ...] = ()
    broken: Cell | Text | None = None


@dataclass(frozen=True, slots=True)
class Literal:
    """A literal expression."""

    text: Text
    type_ref: str
    place: Place


@dataclass(frozen=True, slots=True)
class Context:
    """A boxed context; an entry without a name is the result."""

    entries: tuple[tuple[str, str, Boxed], ...]
    place: Place


@dataclass(frozen=True, slots=True)
class BoxedList:
    """A boxed list."""

    items: tuple[Boxed, ...]
    place: Place


@dataclass(frozen=True, slots=True)
class Relation:
    """A boxed relation: a list of contexts with the same entries."""

    columns: tuple[str, ...]
    rows: tuple[tuple[Boxed, ...], ...]
    place: Place


@dataclass(frozen=True, slots=True)
class Invocation:
    """A boxed call of a function with named arguments."""

    function: Boxed
    bindings: tuple[tuple[str, Boxed], ...]
    place: Place
    type_ref: str = ""


@dataclass(frozen=True, slots=True)
class FunctionDefinition:
    """A boxed function."""

    parameters: tuple[tuple[str, str], ...]
    body: Boxed
    place: Place


@dataclass(frozen=True, slots=True)
class Conditional:
    """A boxed if."""

    condition: Boxed
    chosen: Boxed
    otherwise: Boxed
    place: Place


@dataclass(frozen=True, slots=True)
class Iteration:
    """A boxed for, some, every or filter."""

    kind: str
    variable: str
    source: Boxed
    body: Boxed
    place: Place


@dataclass(frozen=True, slots=True)
class Unsupported:
    """A boxed expression that is missing, unknown, or in another language than FEEL."""

    code: str
    found: str
    place: Place


Boxed = (
    Table
    | Literal
    | Context
    | BoxedList
    | Relation
    | Invocation
    | FunctionDefinition
    | Conditional
    | Iteration
    | Unsupported
)


@dataclass(frozen=True, slots=True)
class InputData:
    """Something a decision is told from outside."""

    element_id: str
    name: str
    type_ref: str
    place: Place


@dataclass(frozen=True, slots=True)
class Requirement:
    """What a decision or business knowledge needs: an element id of this file, or of another namespace's."""

    target: str
    external: bool
    place: Place
    namespace: str = ""


@dataclass(frozen=True, slots=True)
class Decision:
    """A decision with its logic and what it needs."""

    element_id: str
    name: str
    type_ref: str
    requirements: tuple[Requirement, ...]
    logic: Boxed
    place: Place


@dataclass(frozen=True, slots=True)
class Knowledge:
    """A business knowledge model: a function that decisions call by name."""

    element_id: str
    name: str
    type_ref: str
    requirements: tuple[Requirement, ...]
    function: Boxed
    place: Place


@dataclass(frozen=True, slots=True)
class Service:
    """A decision service: decisions offered as one function."""

    element_id: str
    name: str
    type_ref: str
    outputs: tuple[str, ...]
    input_decisions: tuple[str, ...]
    input_data: tuple[str, ...]
    place: Place


@dataclass(frozen=True, slots=True)
class Import:
    """Another file that this one names; ``model`` is None when it was not given."""

    name: str
    namespace: str
    place: Place
    model: DecisionModel | None = None


@dataclass(frozen=True, slots=True)
class DecisionModel:
    """One DMN file."""

    model_id: str
    name: str
    namespace: str
    decisions: dict[str, Decision]
    inputs: dict[str, InputData]
    knowledge: dict[str, Knowledge]
    services: dict[str, Service]
    types: dict[str, ItemType]
    imports: tuple[Import, ...] = ()
    duplicates: tuple[tuple[str, Place], ...] = ()
    names: frozenset[str] = field(default_factory=frozenset)
    taken_in: dict[str, str] = field(default_factory=dict)
    """Ids of elements that came with files imported without a name, and their namespaces."""

    def decision(self, key: str) -> Decision | None:
        """A decision by its id, else by its name."""
        found = self.decisions.get(key)
        if found is None:
            found = next((one for one in self.decisions.values() if one.name == key), None)
        return found

    def service(self, key: str) -> Service | None:
        """A decision service by its id, else by its name."""
        found = self.services.get(key)
        if found is None:
            found = next((one for one in self.services.values() if one.name == key), None)
        return found

    def knowledge_model(self, key: str) -> Knowledge | None:
        """A business knowledge model by its id, else by its name."""
        found = self.knowledge.get(key)
        if found is None:
            found = next((one for one in self.knowledge.values() if one.name == key), None)
        return found

    def holds(self, requirement: Requirement) -> bool:
        """Whether what is required is an element of this file, or of one that it imports without a name."""
        return not requirement.external or self.taken_in.get(requirement.target) == requirement.namespace

    def imported(self, namespace: str) -> Import | None:
        """The import of a namespace, if its file was given."""
        found = (one for one in self.imports if one.namespace == namespace and one.model is not None)
        return next(found, None)
