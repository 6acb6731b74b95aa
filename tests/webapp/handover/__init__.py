"""Pages of the hand-over desk."""
