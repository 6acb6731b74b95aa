"""One act on many tasks (批量处理): each is a unit of work of its own with the checks of a single act."""
