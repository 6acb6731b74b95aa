"""Stories of sales."""
