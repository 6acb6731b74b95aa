"""Handing homes over (入伙): batches, appointments, inspection, defects, keys, the board of a day."""
