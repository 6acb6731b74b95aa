"""The verbs of a cancellation (退房) beside those of all changes."""
