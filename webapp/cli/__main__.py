"""``python -m webapp.cli`` is ``keyturn``."""

from webapp.cli.main import main

main()
