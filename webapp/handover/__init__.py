"""The hand-over desk (入伙)."""
