"""Signing together: people added to an open task, each with a task of his own, and the rule they decide by."""
