"""The engine's reads: lists answered from their own rows, with a fixed number of statements each."""
