"""``keyturn``: the group of all commands."""

from __future__ import annotations

import os
from importlib.metadata import entry_points

import click

from kernel.errors import KeyturnError
from webapp.cli import (
    backups,
    batches,
    calendars,
    chasing,
    controls,
    definitions,
    finding,
    imports,
    instances,
    jobs,
    operating,
    serving,
    setting_up,
    versions,
)
from webapp.settings import SettingInvalid, Settings, from_environment
from webapp.startup import NotReady

GROUP = "keyturn.commands"


class _Friendly(click.Group):
    """Refusals become one line on standard error instead of a traceback.

    Commands of other rooms are loaded when they are asked for, because those rooms import this one.
    """

    def list_commands(self, ctx: click.Context) -> list[str]:
        return sorted({*super().list_commands(ctx), *entry_points(group=GROUP).names})

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:
        known = super().get_command(ctx, cmd_name)
        if known is not None:
            return known
        joined: click.Command | None = next(
            (point.load() for point in entry_points(group=GROUP) if point.name == cmd_name), None
        )
        return joined

    def invoke(self, ctx: click.Context) -> object:
        try:
            return super().invoke(ctx)
        except (NotReady, SettingInvalid) as problem:
            raise click.ClickException(str(problem)) from problem
        except KeyturnError as problem:
            from webapp.cli.wording import in_words  # noqa: PLC0415 - starts an application only to word a refusal

            raise click.ClickException(in_words(problem)) from problem


@click.group(cls=_Friendly, context_settings={"help_option_names": ["-h", "--help"]})
@click.version_option(package_name="keyturn")
@click.pass_context
def main(ctx: click.Context) -> None:
    """Keyturn runs a home developer's dealings with its customers as BPMN diagrams."""
    if not isinstance(ctx.obj, Settings):
        ctx.obj = from_environment(os.environ)


for module in (
    backups,
    serving,
    setting_up,
    definitions,
    imports,
    operating,
    jobs,
    instances,
    finding,
    batches,
    controls,
    versions,
    calendars,
    chasing,
):
    for command in module.COMMANDS:
        main.add_command(command)
