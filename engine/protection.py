"""Which variables nobody may set by hand, because they stand for something that is not the process's own.

What a handler gives back is the ledger's answer, and a name that ends in ``_id`` and goes into a handler points at
a row of the ledger: a hand that changed them would pass by the ledger's own rules. Names that say who has acted or
must not act would undo four eyes. What the form of a task asks stays open, ids aside.
"""

from __future__ import annotations

from collections.abc import Iterator

from engine import shapes
from engine.definitions.model import Node, ProcessModel
from engine.expressions import names_in
from engine.handlers import HandlerRegistry
from engine.ports import FormValidator
from engine.signing.record import SIGNING


def protected_names(model: ProcessModel, registry: HandlerRegistry, forms: FormValidator) -> frozenset[str]:
    """The protected variables of one process."""
    given: set[str] = set()
    asked: set[str] = set()
    people: set[str] = set()
    for node in model.nodes.values():
        given |= set(_given_by_handler(node, registry))
        if node.task is not None:
            asked |= _asked(forms, node.task.form)
            people |= set(_people(node))
    given |= {name for name in _asked(forms, model.start_form) if is_reference(name)}
    return frozenset({name for name in given if is_reference(name) or name not in asked} | people | {SIGNING})


def is_reference(name: str) -> bool:
    """Whether a name says that it points at rows."""
    return name.endswith(("_id", "_ids"))


def _asked(forms: FormValidator, form: str | None) -> set[str]:
    return set(forms.fields(form)) if form and forms.exists(form) else set()


def _given_by_handler(node: Node, registry: HandlerRegistry) -> Iterator[str]:
    call = node.handler
    known = registry.handlers.get(call.name) if call is not None else None
    if call is None:
        return
    if call.outputs:
        yield from (m.name for m in call.outputs)
    elif known is not None and known.gives is not None:
        yield from shapes.fields_of(known.gives)
    if call.inputs:
        read = {name for m in call.inputs for name in names_in(m.value)}
        yield from (name for name in read if is_reference(name))
    elif known is not None and known.takes is not None:
        yield from (name for name in shapes.fields_of(known.takes) if is_reference(name))


def _people(node: Node) -> Iterator[str]:
    task = node.task
    if task is None:
        return
    yield from (name for name in (task.completed_by, task.passed) if name)
    if task.excluded is not None and task.excluded.is_feel:
        yield from names_in(task.excluded.text)
