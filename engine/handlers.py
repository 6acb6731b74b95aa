"""The verbs a diagram may use: typed functions registered by name, and the runners of outgoing jobs.

A handler calculates or calls ledger operations through its `Context`; it never calls a network. What must reach
the outside goes through `Context.send`. A handler declared ``external`` is run by the worker outside transactions
and its answer resumes the instance in a second one.
"""

from __future__ import annotations

import dataclasses
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Protocol, TypeVar, get_type_hints

from sqlalchemy.orm import Session

from engine import shapes
from engine.errors import BusinessError, Invalid
from engine.ports import Calendar
from kernel.actor import Actor
from kernel.clock import Clock

__all__ = [
    "BusinessError",
    "Context",
    "Ending",
    "Handler",
    "HandlerRegistry",
    "JobContext",
    "JobKind",
    "Restart",
    "default_registry",
    "ending",
    "handler",
    "job_kind",
]


class Acts(Protocol):
    """What a running step does for a handler; the runtime implements it."""

    def send(self, kind: str, payload: dict[str, Any], key: str | None) -> str:
        """Write an outgoing job."""
        ...

    def set_facts(self, facts: dict[str, Any]) -> None:
        """Refresh the business facts of the instance and of its open tasks."""
        ...

    def publish(self, message: str, correlation: dict[str, Any], payload: dict[str, Any]) -> None:
        """Publish a message in the same transaction, after this step."""
        ...


@dataclass(frozen=True)
class Context:
    """What a handler may use. ``idempotency_key`` is the same whenever the same step runs again."""

    session: Session
    clock: Clock
    actor: Actor
    instance_id: str
    definition_key: str
    element_id: str
    business_key: str | None
    scope: str
    idempotency_key: str
    calendar: Calendar
    acts: Acts

    @property
    def ledger_actor(self) -> Actor:
        """The person with the system's rights: the diagram is the authorisation for what its handlers do."""
        return dataclasses.replace(self.actor, is_system=True)

    def send(self, kind: str, payload: dict[str, Any], *, key: str | None = None) -> str:
        """Write an outgoing job into this transaction; the worker delivers it after the commit.

        ``key`` makes the job unique for ever; without it the step's own key and the kind do.
        """
        return self.acts.send(kind, payload, key)

    def set_facts(self, **facts: Any) -> None:
        """Refresh declared business facts of the instance and its open tasks."""
        self.acts.set_facts(facts)

    def publish(self, message: str, correlation: dict[str, Any], payload: dict[str, Any] | None = None) -> None:
        """Publish a message to other instances in this transaction."""
        self.acts.publish(message, correlation, payload or {})


@dataclass(frozen=True)
class JobContext:
    """What the runner of an outgoing job may use: no session, because it works outside transactions."""

    job_id: str
    kind: str
    idempotency_key: str
    attempt: int
    due_at: datetime
    clock: Clock


@dataclass(frozen=True)
class Handler:
    """A registered verb with the dataclasses it takes and gives and the business errors it may raise.

    ``again`` says that a case may go back before it: what it does the next time takes the place of what it did.
    """

    name: str
    run: Callable[[Any, Any], Any]
    takes: type | None
    gives: type | None
    errors: frozenset[str]
    external: bool
    doc: str
    again: bool = False

    def load(self, values: dict[str, Any]) -> Any:
        """Typed input from JSON values; raises `Invalid` naming the field."""
        return values if self.takes is None else shapes.load(self.takes, values)

    def check_answer(self, values: dict[str, Any]) -> dict[str, Any]:
        """An answer given by hand, as the handler would give it; raises `Invalid` naming the field."""
        return self.dump(shapes.load(self.gives, values)) if self.gives is not None else self.dump(values or None)

    def dump(self, result: Any) -> dict[str, Any]:
        """JSON values of a result; raises `Invalid` if it is not what the handler declares."""
        if self.gives is None:
            if result is not None:
                raise Invalid("result_undeclared", field=self.name)
            return {}
        if not isinstance(result, self.gives):
            raise Invalid("result_type", field=self.name, expected=self.gives.__name__)
        dumped: dict[str, Any] = shapes.dump(result)
        return dumped


JobRun = Callable[[dict[str, Any], JobContext], Any]
F = TypeVar("F", bound=Callable[..., Any])


@dataclass(frozen=True)
class JobKind:
    """Who runs a kind of outgoing job, and how often it is tried before a person is asked."""

    name: str
    run: JobRun
    attempts: int


@dataclass(frozen=True)
class Restart:
    """An ended case that shall begin anew at some elements. ``done`` are the verbs' elements that it had done."""

    session: Session
    actor: Actor
    clock: Clock
    instance_id: str
    definition_key: str
    business_key: str | None
    scope: str
    variables: dict[str, Any]
    at: tuple[str, ...]
    done: tuple[str, ...]


RestartRun = Callable[[Restart], None]


@dataclass(frozen=True)
class Ending:
    """A case that ends now, in whatever way: at an end event, cancelled or called off (``state``).

    ``reason`` is what was said when it was ended by hand. Whoever acted had the right to end the case.
    """

    session: Session
    actor: Actor
    clock: Clock
    instance_id: str
    definition_key: str
    scope: str
    state: str
    reason: str | None
    variables: dict[str, Any]

    @property
    def ledger_actor(self) -> Actor:
        """Who ended it, with the system's rights."""
        return dataclasses.replace(self.actor, is_system=True)


EndingRun = Callable[[Ending], None]


class HandlerRegistry:
    """Names to functions. The default one is filled by importing the handlers; tests make their own."""

    def __init__(self) -> None:
        self.handlers: dict[str, Handler] = {}
        self.job_kinds: dict[str, JobKind] = {}
        self.restarts: dict[str, RestartRun] = {}
        self.endings: dict[str, EndingRun] = {}

    def handler(
        self, name: str, *, errors: Iterable[str] = (), external: bool = False, again: bool = False
    ) -> Callable[[F], F]:
        """Register a function ``(data: FrozenDataclass, ctx: Context) -> FrozenDataclass | None``.

        ``again``: run a second time it replaces what it did, so a case may go back before it without undoing it.
        """

        def register(run: F) -> F:
            _refuse_second(self.handlers.get(name), run, name)
            takes, gives = _signature(run)
            doc = (run.__doc__ or "").strip()
            self.handlers[name] = Handler(name, run, takes, gives, frozenset(errors), external, doc, again)
            return run

        return register

    def restart(self, key: str) -> Callable[[RestartRun], RestartRun]:
        """Register what makes domain rows follow when an ended case of a process is restarted, or refuses it.

        Without one a case whose verbs have changed rows cannot be restarted.
        """

        def register(run: RestartRun) -> RestartRun:
            _refuse_second_follower(self.restarts.get(key), run, f"restarts of {key}")
            self.restarts[key] = run
            return run

        return register

    def ending(self, key: str) -> Callable[[EndingRun], EndingRun]:
        """Register what makes domain rows follow when a case of a process ends, however it comes to its end.

        It runs in the same transaction; what it raises keeps the case from ending.
        """

        def register(run: EndingRun) -> EndingRun:
            _refuse_second_follower(self.endings.get(key), run, f"endings of {key}")
            self.endings[key] = run
            return run

        return register

    def job_kind(self, name: str, *, attempts: int = 8) -> Callable[[JobRun], JobRun]:
        """Register who delivers a kind of outgoing job (at least once; use the idempotency key)."""

        def register(run: JobRun) -> JobRun:
            _refuse_second(self.job_kinds.get(name), run, name)
            self.job_kinds[name] = JobKind(name, run, attempts)
            return run

        return register


def _refuse_second(known: Handler | JobKind | None, run: Callable[..., Any], name: str) -> None:
    # The same function may register again when its module is reloaded; another one would be a silent change.
    if known is not None and _place(known.run) != _place(run):
        raise ValueError(f"{name} is registered twice: {_place(known.run)} and {_place(run)}")


def _refuse_second_follower(known: Callable[..., Any] | None, run: Callable[..., Any], name: str) -> None:
    if known is not None and _place(known) != _place(run):
        raise ValueError(f"{name} are registered twice: {_place(known)} and {_place(run)}")


def _place(run: Callable[..., Any]) -> str:
    return f"{run.__module__}.{run.__qualname__}"


def _signature(run: Callable[..., Any]) -> tuple[type | None, type | None]:
    declared = get_type_hints(run)
    gives = declared.pop("return", None)
    first = next(iter(run.__code__.co_varnames[: run.__code__.co_argcount]), "")
    return _dataclass_of(declared.get(first)), _dataclass_of(gives)


def _dataclass_of(kind: Any) -> type | None:
    options = (kind, *getattr(kind, "__args__", ()))
    return next((o for o in options if isinstance(o, type) and dataclasses.is_dataclass(o)), None)


default_registry = HandlerRegistry()
handler = default_registry.handler
ending = default_registry.ending
job_kind = default_registry.job_kind
