"""Two versions of a small process: the running case began with the first."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from engine.api import Engine, Migration
from tests.engine.conftest import House, Story
from tests.engine.spiff.play import diagram, flows


def task(element: str, inside: str = "", form: str = "", **attributes: str) -> str:
    """A user task; ``inside`` holds what else stands in it."""
    told = "".join(f' {name}="{value}"' for name, value in attributes.items())
    settings = f'<keyturn:task form="{form or element}" candidateGroups="clerk"/>'
    return f'<userTask id="{element}"{told}><extensionElements>{settings}</extensionElements>{inside}</userTask>'


def ends(*elements: str) -> str:
    """End events."""
    return "".join(f'<endEvent id="{element}"/>' for element in elements)


def timer(
    element: str, at: str, text: str = "P7D", *, kind: str = "timeDuration", interrupting: bool = True
) -> str:
    """A timer on an activity."""
    cancel = "" if interrupting else ' cancelActivity="false"'
    return (
        f'<boundaryEvent id="{element}" attachedToRef="{at}"{cancel}><timerEventDefinition>'
        f"<{kind}>{text}</{kind}></timerEventDefinition></boundaryEvent>"
    )


def received(element: str, at: str, ref: str, correlation: str = "order") -> str:
    """A message on an activity."""
    key = f'<extensionElements><keyturn:correlation name="order" value="= {correlation}"/></extensionElements>'
    event = f'<messageEventDefinition messageRef="{ref}"/>'
    return f'<boundaryEvent id="{element}" attachedToRef="{at}">{key}{event}</boundaryEvent>'


class Versions:
    """A house with a case on version 1 and ways to look at version 2 before it goes there."""

    def __init__(self, house: House) -> None:
        self.house = house

    def deploy(self, *body: str, key: str = "story", roots: str = "") -> None:
        """Deploy the next version."""
        self.house.act(lambda e: e.deploy({f"{key}.bpmn": diagram("".join(body), key, roots)}))

    def start(self, data: Mapping[str, Any] | None = None, key: str = "story") -> Story:
        """Start a case of the newest version."""
        return Story(self.house, self.house.act(lambda e: e.start(key, data)))

    def preview(self, story: Story, version: int = 2, **more: Any) -> Migration:
        """What a migration would mean."""
        found: Migration = self.house.ask(lambda e: e.migrate(story.id, version, dry_run=True, **more))
        return found

    def migrate(self, story: Story, version: int = 2, **more: Any) -> Migration:
        """Migrate."""

        def act(engine: Engine) -> Migration:
            return engine.migrate(story.id, version, **more)

        found: Migration = self.house.act(act)
        return found


def becoming(plan: Migration) -> dict[str, str]:
    """What becomes of each wait, by element."""
    return {wait.element_id: wait.becomes for wait in plan.waits}


def against(plan: Migration) -> list[tuple[str, str | None]]:
    """What was found against it."""
    return [(finding.code, finding.element_id) for finding in plan.findings]


__all__ = ["Versions", "against", "becoming", "ends", "flows", "received", "task", "timer"]
