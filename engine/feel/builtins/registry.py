"""What a built-in function is, how it is registered, and how it is called with checked arguments.

A function declares its parameters as the standard writes them. The caller checks number, names and kinds
of the arguments, unwraps lists of one where one value is wanted, pays for big values, and turns every
failure into null with a warning, so that the functions themselves only calculate.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from decimal import Decimal, DecimalException
from typing import TYPE_CHECKING, Any, TypeVar

from engine.feel.errors import FeelError
from engine.feel.values import Function, Months, Range, kind
from engine.feel.wide import WideDate, WideMoment, WideSpan, WideTime

if TYPE_CHECKING:
    from engine.feel.limits import Run

WANTED: dict[str, tuple[type, ...]] = {
    "string": (str,),
    "number": (int, Decimal),
    "magnitude": (int, Decimal, timedelta, WideSpan, Months),
    "boolean": (bool,),
    "list": (list,),
    "context": (dict,),
    "function": (Function,),
    "range": (Range,),
    "day": (date, datetime, WideDate, WideMoment),
    "near day": (date, datetime),
    "time": (time, WideTime),
    "near moment": (datetime,),
    "duration": (timedelta, WideSpan, Months),
    "calendar part": (str, date, datetime, time, WideDate, WideTime, WideMoment),
}
"""Kinds a parameter may ask for; ``any`` takes everything and null too, ``near`` nothing beyond year 9999."""


class NoValueError(Exception):
    """A function has no value for these arguments; the call gives null and this code as a warning."""


@dataclass(frozen=True, slots=True)
class Parameter:
    """One parameter: its name, the kind it wants, whether it may be left out, or left out among named ones."""

    name: str
    wanted: str
    optional: bool = False
    optional_by_name: bool = False


class Unknown:
    """The value of an argument that is known only once the text is evaluated."""


UNKNOWN = Unknown()
Fault = tuple[str, dict[str, object]]
Refusing = Callable[[Sequence[object]], Fault | None]
"""Says what is wrong with the arguments of a function that must not fail in silence, as a code with parameters."""


@dataclass(frozen=True, slots=True)
class Overload:
    """One way to call a built-in function; ``refuses`` what would be null in silence in others."""

    name: str
    parameters: tuple[Parameter, ...]
    variadic: bool
    function: Callable[..., object]
    refuses: Refusing | None = None

    @property
    def names(self) -> tuple[str, ...]:
        """The names of the parameters in their order."""
        return tuple(parameter.name for parameter in self.parameters)

    def takes(self, count: int) -> bool:
        """Whether so many positional arguments fit."""
        required = sum(not parameter.optional for parameter in self.parameters)
        return required <= count and (self.variadic or count <= len(self.parameters))

    def order(self, names: Sequence[str]) -> list[int] | None:
        """For each parameter the place of its named argument (-1 for none), or None if they do not fit."""
        places = [names.index(p.name) if p.name in names else -1 for p in self.parameters]
        used = sum(place >= 0 for place in places)
        fits = used == len(names) and all(
            place >= 0 or parameter.optional or parameter.optional_by_name
            for place, parameter in zip(places, self.parameters, strict=True)
        )
        return places if fits else None


BUILTINS: dict[str, list[Overload]] = {}


F = TypeVar("F", bound=Callable[..., object])


def builtin(name: str, signature: str = "", refuses: Refusing | None = None) -> Callable[[F], F]:
    """Register a function under a FEEL name.

    ``signature`` lists parameters as ``name: kind``, optional ones as ``name?: kind``, those that only a call
    with named arguments may leave out as ``name~: kind``; a last ``name*: kind`` takes a list or any number
    of arguments. The function takes the run first. What ``refuses`` finds wrong stops the text: constants when
    it is read, other values when it is evaluated.
    """
    parameters = []
    variadic = False
    for part in filter(None, (piece.strip() for piece in signature.split(","))):
        label, wanted = (piece.strip() for piece in part.split(":"))
        variadic = variadic or label.endswith("*")
        parameters.append(Parameter(label.rstrip("?*~"), wanted, label.endswith("?"), label.endswith("~")))

    def register(function: F) -> F:
        BUILTINS.setdefault(name, []).append(Overload(name, tuple(parameters), variadic, function, refuses))
        return function

    return register


def call(overloads: Sequence[Overload], arguments: Sequence[object], run: Run, offset: int) -> object:
    """The value of a built-in function; null with a warning where it has none.

    The first overload whose parameters fit the kinds of the arguments is taken.
    """
    run.spend()
    if (fault := refused(overloads[0], arguments)) is not None:
        raise FeelError(*fault)
    values: list[object] | None = None
    for overload in overloads:
        values = _fitted(overload, arguments, run)
        if values is not None:
            break
    if values is None:
        _warn_of_kinds(overloads[-1], arguments, run, offset)
        return None
    try:
        return _paid(overload.function(run, *values), run)
    except NoValueError as reason:
        run.warn(str(reason), offset, function=overload.name)
    except (DecimalException, OverflowError, ValueError, ZeroDivisionError):
        run.warn("feel_no_value", offset, function=overload.name)
    return None


def refused(overload: Overload, arguments: Sequence[object]) -> Fault | None:
    """What a function that must not fail in silence finds wrong with arguments; those not known yet pass."""
    return overload.refuses(arguments) if overload.refuses is not None else None


Arranged = tuple[Overload, list[int]]
"""One way to call a function with named arguments: for each parameter the place of its argument, -1 for none."""


def arranged(overloads: Sequence[Overload], names: Sequence[str]) -> list[Arranged]:
    """The ways in which these named arguments fit, that in the same order first.

    The order tells ``before(point, range)`` from ``before(range, point)``.
    """
    ordered = sorted(overloads, key=lambda overload: overload.names != tuple(names))
    found = [(overload, overload.order(names)) for overload in ordered]
    return [(overload, places) for overload, places in found if places is not None]


def call_arranged(ways: Sequence[Arranged], values: Sequence[object], run: Run, offset: int) -> object:
    """The value of a built-in function for named arguments, by the first way whose kinds fit."""
    for overload, places in ways:
        arguments = [values[place] if place >= 0 else None for place in places]
        if overload is ways[-1][0] or _fitted(overload, arguments, run) is not None:
            return call([overload], arguments, run, offset)
    return None


def _fitted(overload: Overload, arguments: Sequence[object], run: Run) -> list[object] | None:
    if overload.variadic:
        arguments = _gather(overload, arguments)
    values: list[object] = []
    for parameter, argument in zip(overload.parameters, arguments, strict=False):
        value = _fit(parameter, argument, run)
        if value is _UNFIT:
            return None
        values.append(value)
    return values


def _warn_of_kinds(overload: Overload, arguments: Sequence[object], run: Run, offset: int) -> None:
    for parameter, argument in zip(overload.parameters, arguments, strict=False):
        if _fit(parameter, argument, run) is _UNFIT:
            run.warn(
                "feel_argument_kind",
                offset,
                function=overload.name,
                parameter=parameter.name,
                expected=parameter.wanted,
                found=kind(argument),
            )
            return


def _gather(overload: Overload, arguments: Sequence[object]) -> list[object]:
    """The arguments with those of the variadic parameter gathered into one list."""
    fixed = len(overload.parameters) - 1
    rest = list(arguments[fixed:])
    if len(rest) == 1 and overload.parameters[-1].wanted == "list":
        return [*arguments[:fixed], rest if rest[0] is not None and not isinstance(rest[0], list) else rest[0]]
    return [*arguments[:fixed], rest]


class _Unfit:
    """Marks an argument of the wrong kind."""


_UNFIT = _Unfit()


def _fit(parameter: Parameter, value: object, run: Run) -> object:
    if type(value) in (list, str, dict):
        run.spend_on_items(value)  # type: ignore[arg-type]
    if parameter.wanted == "any" or (value is None and parameter.optional):
        return value
    types = WANTED[parameter.wanted]
    if type(value) in types:
        return value
    if list in types and value is not None:
        return [value]
    if isinstance(value, list) and len(value) == 1 and type(value[0]) in types:
        return value[0]
    return _UNFIT


def _paid(value: object, run: Run) -> object:
    if isinstance(value, str):
        return run.text(value)
    if isinstance(value, list):
        return run.items(value)
    if isinstance(value, dict):
        run.spend_on_items(value)
    return value


def as_function(name: str) -> Function | None:
    """A built-in function as a value, to be handed to another function."""
    overloads = BUILTINS.get(name)
    if not overloads:
        return None

    def invoke(run: Run, arguments: list[Any], offset: int) -> object:
        fitting = [overload for overload in overloads if overload.takes(len(arguments))]
        if fitting:
            return call(fitting, arguments, run, offset)
        run.warn("feel_argument_count", offset, function=name, count=len(arguments))
        return None

    def by_name(run: Run, given: Mapping[str, Any], offset: int) -> object:
        ways = arranged(overloads, tuple(given))
        if ways:
            return call_arranged(ways, list(given.values()), run, offset)
        run.warn("feel_argument_names", offset, function=name)
        return None

    return Function(name, overloads[0].names, invoke, variadic=True, by_name=by_name)
