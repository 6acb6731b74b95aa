"""The command line. Other rooms join it through the entry-point group ``keyturn.commands``."""

from webapp.cli.main import main

__all__ = ["main"]
