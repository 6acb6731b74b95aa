"""All tables of the engine."""
