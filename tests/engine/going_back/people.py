"""Who acts in stories about going back, and the approval in three steps that most of them tell of."""

from __future__ import annotations

from engine.api import ChangeRefused, Engine, Instance, PassedStep
from kernel.actor import Actor, Grant
from tests.engine.changing.versions import Versions, ends, flows
from tests.engine.conftest import Story

START = '<startEvent id="s"/>'


def person(number: int, name: str, *roles: str) -> Actor:
    """Somebody who holds roles everywhere."""
    return Actor(f"00000000-0000-0000-0000-0000000001{number:02}", name, tuple(Grant(r, "/") for r in roles))


ANNA = person(1, "Anna", "clerk")
BEN = person(2, "Ben", "manager")
CARL = person(3, "Carl", "director")
OTTO = person(4, "Otto")


def step(element: str, role: str, form: str = "", more: str = "", inside: str = "") -> str:
    """A user task of a role."""
    told = f'<keyturn:task form="{form or element}" candidateGroups="{role}" {more}/>'
    return f'<userTask id="{element}"><extensionElements>{told}</extensionElements>{inside}</userTask>'


def verb(element: str, handler: str, more: str = "") -> str:
    """A service task."""
    told = f'<keyturn:handler name="{handler}"/>'
    return f'<serviceTask id="{element}"{more}><extensionElements>{told}</extensionElements></serviceTask>'


THREE = (START, step("ask", "clerk"), step("check", "manager"), step("sign", "director"), ends("e"))


def asked_three(versions: Versions) -> Story:
    """A case that Anna asked for and Ben checked; Carl is to sign."""
    versions.deploy(*THREE, flows("s ask check sign e"))
    story = versions.start()
    story.complete("ask", ANNA, amount=7)
    story.complete("check", BEN, checked=True)
    return story


def choices(story: Story, element: str, actor: Actor) -> list[PassedStep]:
    """Where the actor may return the case to."""
    task = story.task(element)
    found: list[PassedStep] = story.house.ask(lambda e: e.return_choices(task.id), actor)
    return found


def send_back(
    story: Story, element: str, to: str, actor: Actor, way: str = "again", reason: str = "too much"
) -> None:
    """Return the case to the last pass of an element."""
    task = story.task(element)
    target = next(one for one in choices(story, element, actor)[::-1] if one.element_id == to)

    def act(engine: Engine) -> Instance:
        return engine.return_to(task.id, target.task_id, way=way, reason=reason)

    story.house.act(act, actor)


def reasons(refused: ChangeRefused) -> list[tuple[str, str | None]]:
    """What was found against it."""
    return [(finding.code, finding.element_id) for finding in refused.findings]
