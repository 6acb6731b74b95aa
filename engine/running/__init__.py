"""One command's run of one instance: load, act, note, save."""
