"""The acts on a task beside completing it: each is an entry of the menu, a dialog, and a view in a module here."""
