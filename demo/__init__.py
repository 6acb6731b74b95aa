"""A synthetic company that lives through the real processes."""
