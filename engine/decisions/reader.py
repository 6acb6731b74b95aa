"""Reads a DMN file into a DecisionModel and compiles its FEEL."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from lxml import etree

from engine.decisions import model as m
from engine.decisions.boxed_reader import BoxedReader, is_path_parameter
from engine.decisions.errors import DecisionFileError
from engine.decisions.imports import imports_of, merged_types, take_in, with_nested
from engine.decisions.xml import child, children, label, local_name, open_definitions

MAX_NAMES = 3_000


def parse(xml: bytes, imported: Iterable[bytes] = ()) -> m.DecisionModel:
    """The decisions of a DMN 1.1 to 1.6 file, and of the ``imported`` files that it names.

    Raises DecisionFileError for a file that is not sound DMN; errors within texts are left to ``check``.
    """
    return _Files({root.get("namespace") or "": root for root in map(open_definitions, imported)}).model(
        open_definitions(xml)
    )


class _Files:
    """Files that may import each other, each read once; in a circle of imports the last one is missing."""

    def __init__(self, roots: dict[str, etree._Element]) -> None:
        self.waiting = roots
        self.models: dict[str, m.DecisionModel] = {}

    def imported(self, namespace: str) -> m.DecisionModel | None:
        """The model of a namespace, None if no such file was given or it is being read."""
        root = self.waiting.pop(namespace, None)
        if root is not None:
            self.models[namespace] = self.model(root)
        return self.models.get(namespace)

    def model(self, root: etree._Element) -> m.DecisionModel:
        """The model of one file."""
        self.waiting.pop(root.get("namespace") or "", None)
        return _model(root, with_nested(imports_of(root, self.imported)))


def _model(root: etree._Element, imports: tuple[m.Import, ...]) -> m.DecisionModel:
    names = frozenset(_names(root)).union(
        *({one.name} - {""} | (one.model.names if one.model else frozenset()) for one in imports)
    )
    paths = {label(element) for element in root.iter("{*}formalParameter") if is_path_parameter(element)}
    if len(names) + len(paths) > MAX_NAMES:
        raise DecisionFileError("decision_file_too_deep", names=len(names) + len(paths), limit=MAX_NAMES)
    shared = merged_types(imports)
    boxed = BoxedReader(root, names, frozenset(shared))
    local = {item.name: item for item in (boxed.item_type(e) for e in children(root, "itemDefinition"))}
    model = m.DecisionModel(
        model_id=root.get("id") or "",
        name=label(root),
        namespace=root.get("namespace") or "",
        decisions={},
        inputs={},
        knowledge={},
        services={},
        types=shared | local,
        imports=imports,
        duplicates=tuple(_duplicates(root, boxed)),
        names=boxed.names,
    )
    for element in children(root):
        _read(element, model, boxed)
    take_in(model)
    return model


def _read(element: etree._Element, model: m.DecisionModel, boxed: BoxedReader) -> None:
    key = element.get("id") or label(element)
    place = boxed.place(element)
    variable = child(element, "variable")
    type_ref = boxed.type_ref(variable)
    match local_name(element):
        case "decision":
            logic = boxed.first_expression(element)
            needs = tuple(_requirements(element, boxed, model.namespace))
            model.decisions[key] = m.Decision(key, label(element), type_ref, needs, logic, place)
        case "inputData":
            model.inputs[key] = m.InputData(key, label(element), type_ref, place)
        case "businessKnowledgeModel":
            function = boxed.encapsulated(element)
            needs = tuple(_requirements(element, boxed, model.namespace))
            model.knowledge[key] = m.Knowledge(key, label(element), type_ref, needs, function, place)
        case "decisionService":
            outputs, decisions, data = (
                tuple(_target(e) for e in children(element, name))
                for name in ("outputDecision", "inputDecision", "inputData")
            )
            model.services[key] = m.Service(key, label(element), type_ref, outputs, decisions, data, place)


def _target(element: etree._Element) -> str:
    return (element.get("href") or "").rpartition("#")[2]


def _requirements(element: etree._Element, boxed: BoxedReader, namespace: str) -> Iterator[m.Requirement]:
    for requirement in children(element, "informationRequirement", "knowledgeRequirement"):
        for part in children(requirement, "requiredDecision", "requiredInput", "requiredKnowledge"):
            base = (part.get("href") or "").rpartition("#")[0]
            external = bool(base) and base != namespace
            yield m.Requirement(_target(part), external, boxed.place(part), base if external else "")


def _names(root: etree._Element) -> Iterator[str]:
    """Every name that a text of the file may use: elements, variables, components, parameters.

    A parameter named like a path, ``Person.Age``, is known in its own function only: elsewhere it is a path.
    """
    wanted = (
        "decision",
        "inputData",
        "businessKnowledgeModel",
        "decisionService",
        "itemComponent",
        "formalParameter",
        "variable",
        "output",
        "column",
    )
    for element in root.iter("{*}*"):
        if local_name(element) in wanted and element.get("name") and not is_path_parameter(element):
            yield label(element)
        if element.get("iteratorVariable"):
            yield label(element, "iteratorVariable")


def _duplicates(root: etree._Element, boxed: BoxedReader) -> Iterator[tuple[str, m.Place]]:
    seen: set[str] = set()
    kinds = ("decision", "inputData", "businessKnowledgeModel", "decisionService")
    for element in children(root, *kinds):
        for key in {element.get("id"), "name " + label(element)} - {None}:
            if key in seen:
                yield str(key).removeprefix("name "), boxed.place(element)
            seen.add(str(key))
