"""``keyturn``: the group of all commands."""

from __future__ import annotations

import os
from importlib.metadata import entry_points

import click

from kernel.errors import KeyturnError
from webapp.cli import definitions, imports, serving, setting_up
from webapp.settings import SettingInvalid, Settings, from_environment
from webapp.startup import NotReady

GROUP = "keyturn.commands"


class _Friendly(click.Group):
    """Refusals become one line on standard error instead of a traceback."""

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


for module in (serving, setting_up, definitions, imports):
    for command in module.COMMANDS:
        main.add_command(command)
for point in entry_points(group=GROUP):
    main.add_command(point.load(), point.name)
