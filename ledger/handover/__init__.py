"""Handing homes over (入伙): batches, appointments, inspection, defects, keys, and what a hand-over day looks like."""
