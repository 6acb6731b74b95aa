"""Stories of the inventory."""
