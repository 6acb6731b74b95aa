"""The command line. Other rooms join it through the entry-point group ``keyturn.commands``."""

import gc

# Nothing of what is imported is garbage, and looking for some takes a fifth of the time of a start.
gc.disable()

from webapp.cli.main import main  # noqa: E402

gc.enable()

__all__ = ["main"]
