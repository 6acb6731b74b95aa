"""The engine's tables, all named ``engine_…``: typed models for the metadata, Core for the hot path."""
