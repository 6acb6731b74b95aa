"""Reads boxed expressions: tables, literals, contexts, lists, relations, calls, functions, loops."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager

from lxml import etree

from engine.decisions import model as m
from engine.decisions.xml import child, child_text, children, label, local_name
from engine.feel import FeelSyntaxError, compile_expression, compile_unary_tests

LOOPS = {"for": "return", "some": "satisfies", "every": "satisfies", "filter": "match"}


def is_path_parameter(element: etree._Element) -> bool:
    """Whether this is a formal parameter named like a path, ``Person.Age``."""
    return local_name(element) == "formalParameter" and "." in label(element)


class BoxedReader:
    """Reads the expressions of one file, all its names being known to FEEL."""

    def __init__(self, root: etree._Element, names: frozenset[str], types: frozenset[str] = frozenset()) -> None:
        self.root = root
        self.names = names
        self.inner: tuple[frozenset[str], ...] = ()
        self.types = types | {label(e) for e in children(root, "itemDefinition")}
        self.language = root.get("expressionLanguage") or ""

    def place(self, element: etree._Element) -> m.Place:
        """The nearest element with an id, its owner's name, and the line."""
        around = [element, *element.iterancestors()]
        element_id = next((e.get("id") for e in around if e.get("id")), None) or ""
        name = next((label(e) or label(e, "label") for e in around if e.get("name") or e.get("label")), "")
        return m.Place(element_id, name, element.sourceline or 1)

    def type_ref(self, element: etree._Element | None) -> str:
        """The type an element names, by attribute or child, without a prefix."""
        if element is None:
            return ""
        found = element.get("typeRef") or child_text(element, "typeRef")
        return " ".join(found.split()).removeprefix("feel:").rpartition(":")[2]

    def text(self, element: etree._Element | None, owner: etree._Element) -> m.Text:
        """The FEEL expression in an element's text."""
        source = child_text(element, "text")
        place = self.place(owner if element is None else element)
        if not source:
            return m.Text("", place, None)
        try:
            return m.Text(
                source, place, compile_expression(source, self.names, types=self.types, inner=self.inner)
            )
        except FeelSyntaxError as error:
            return m.Text(source, place, None, error)

    def cell(self, element: etree._Element) -> m.Cell:
        """The unary test in an element's text."""
        source = child_text(element, "text")
        place = self.place(element)
        if not source:
            return m.Cell("", place, None)
        try:
            return m.Cell(
                source, place, compile_unary_tests(source, self.names, types=self.types, inner=self.inner)
            )
        except FeelSyntaxError as error:
            return m.Cell(source, place, None, error)

    def _optional_cell(self, owner: etree._Element, name: str) -> m.Cell | None:
        element = child(owner, name)
        return None if element is None else self.cell(element)

    def item_type(self, element: etree._Element) -> m.ItemType:
        """A type definition or a component of one."""
        function = child(element, "functionItem")
        result = "" if function is None else (function.get("outputTypeRef") or "").rpartition(":")[2]
        return m.ItemType(
            label(element),
            " ".join(result.split()) or self.type_ref(element),
            element.get("isCollection") == "true",
            tuple(self.item_type(part) for part in children(element, "itemComponent")),
            self._optional_cell(element, "allowedValues"),
            self._optional_cell(element, "typeConstraint"),
            self.place(element),
            function is not None,
        )

    def first_expression(self, element: etree._Element | None) -> m.Boxed:
        """The boxed expression directly within an element."""
        for part in children(element) if element is not None else ():
            read = _READERS.get(local_name(part))
            if read is not None:
                return read(self, part)
        owner = self.root if element is None else element
        return m.Unsupported("decision_no_logic", "", self.place(owner))

    def literal(self, element: etree._Element) -> m.Boxed:
        """A literal expression; in another language than FEEL it is not supported."""
        language = element.get("expressionLanguage") or self.language
        if language and "feel" not in language.lower():
            return m.Unsupported("decision_language", language[:60], self.place(element))
        return m.Literal(self.text(element, element), self.type_ref(element), self.place(element))

    def context(self, element: etree._Element) -> m.Boxed:
        """A boxed context."""
        entries = []
        for entry in children(element, "contextEntry"):
            variable = child(entry, "variable")
            name = "" if variable is None else label(variable)
            entries.append((name, self.type_ref(variable), self.first_expression(entry)))
        return m.Context(tuple(entries), self.place(element))

    def boxed_list(self, element: etree._Element) -> m.Boxed:
        """A boxed list."""
        items = (_READERS[local_name(e)](self, e) for e in children(element) if local_name(e) in _READERS)
        return m.BoxedList(tuple(items), self.place(element))

    def relation(self, element: etree._Element) -> m.Boxed:
        """A boxed relation."""
        columns = tuple(label(column) for column in children(element, "column"))
        rows = tuple(
            tuple(_READERS[local_name(e)](self, e) for e in children(row) if local_name(e) in _READERS)
            for row in children(element, "row")
        )
        return m.Relation(columns, rows, self.place(element))

    def invocation(self, element: etree._Element) -> m.Boxed:
        """A boxed call."""
        bindings = []
        for binding in children(element, "binding"):
            parameter = child(binding, "parameter")
            bindings.append(("" if parameter is None else label(parameter), self.first_expression(binding)))
        function = self.first_expression(element)
        return m.Invocation(function, tuple(bindings), self.place(element), self.type_ref(element))

    def function(self, element: etree._Element) -> m.Boxed:
        """A boxed function; one in Java or PMML is not supported."""
        kind = element.get("kind") or "FEEL"
        if kind != "FEEL":
            return m.Unsupported("decision_language", kind[:60], self.place(element))
        parameters = tuple((label(p), self.type_ref(p)) for p in children(element, "formalParameter"))
        paths = frozenset(label(p) for p in children(element, "formalParameter") if is_path_parameter(p))
        with self.knowing(paths):
            return m.FunctionDefinition(parameters, self.first_expression(element), self.place(element))

    @contextmanager
    def knowing(self, names: frozenset[str]) -> Iterator[None]:
        """Within, these names are known too."""
        outer, self.inner = self.inner, (*self.inner, names) if names else self.inner
        yield
        self.inner = outer

    def encapsulated(self, element: etree._Element) -> m.Boxed:
        """The function of a business knowledge model."""
        logic = child(element, "encapsulatedLogic")
        if logic is None:
            return m.Unsupported("decision_no_logic", "", self.place(element))
        return self.function(logic)

    def conditional(self, element: etree._Element) -> m.Boxed:
        """A boxed if."""
        condition, chosen, otherwise = (
            self.first_expression(child(element, name)) for name in ("if", "then", "else")
        )
        return m.Conditional(condition, chosen, otherwise, self.place(element))

    def loop(self, element: etree._Element) -> m.Boxed:
        """A boxed for, some, every or filter."""
        kind = local_name(element)
        return m.Iteration(
            kind,
            label(element, "iteratorVariable") or "item",
            self.first_expression(child(element, "in")),
            self.first_expression(child(element, LOOPS[kind])),
            self.place(element),
        )

    def table(self, element: etree._Element) -> m.Boxed:
        """A decision table."""
        inputs = tuple(self._input(e) for e in children(element, "input"))
        outputs = tuple(self._output(e) for e in children(element, "output"))
        rules = tuple(self._rule(index, e) for index, e in enumerate(children(element, "rule"), 1))
        return m.Table(
            (element.get("hitPolicy") or "UNIQUE").strip(),
            (element.get("aggregation") or "").strip(),
            inputs,
            outputs,
            rules,
            self.type_ref(element),
            self.place(element),
            tuple(_matcher(rule) for rule in rules),
            _first_broken(inputs, outputs, rules),
        )

    def _input(self, element: etree._Element) -> m.Input:
        expression = child(element, "inputExpression")
        text = self.text(expression, element)
        allowed = self._optional_cell(element, "inputValues")
        return m.Input(
            text,
            self.type_ref(expression),
            allowed,
            label(element, "label") or text.text,
            self.place(element),
        )

    def _output(self, element: etree._Element) -> m.Output:
        default = child(element, "defaultOutputEntry")
        return m.Output(
            label(element),
            self.type_ref(element),
            self._optional_cell(element, "outputValues"),
            None if default is None else self.text(default, element),
            self.place(element),
        )

    def _rule(self, index: int, element: etree._Element) -> m.Rule:
        return m.Rule(
            index,
            element.get("id") or "",
            tuple(self.cell(e) for e in children(element, "inputEntry")),
            tuple(self.text(e, element) for e in children(element, "outputEntry")),
            self.place(element),
        )


def _matcher(rule: m.Rule) -> m.Matcher:
    tests = (
        (column, cell.tests.code)
        for column, cell in enumerate(rule.cells)
        if cell.tests is not None and not cell.any_value
    )
    return rule, tuple(tests)


def _first_broken(
    inputs: tuple[m.Input, ...], outputs: tuple[m.Output, ...], rules: tuple[m.Rule, ...]
) -> m.Cell | m.Text | None:
    texts: list[m.Cell | m.Text | None] = [column.expression for column in inputs]
    texts += [column.allowed for column in inputs]
    texts += [column.allowed for column in outputs]
    texts += [column.default for column in outputs]
    for rule in rules:
        texts += [*rule.cells, *rule.outputs]
    return next((text for text in texts if text is not None and text.error is not None), None)


_READERS: dict[str, Callable[[BoxedReader, etree._Element], m.Boxed]] = {
    "literalExpression": BoxedReader.literal,
    "context": BoxedReader.context,
    "list": BoxedReader.boxed_list,
    "relation": BoxedReader.relation,
    "invocation": BoxedReader.invocation,
    "functionDefinition": BoxedReader.function,
    "decisionTable": BoxedReader.table,
    "conditional": BoxedReader.conditional,
    "for": BoxedReader.loop,
    "some": BoxedReader.loop,
    "every": BoxedReader.loop,
    "filter": BoxedReader.loop,
}
