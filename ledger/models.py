"""All tables of the ledger: each noun's models are imported here so that the metadata is complete."""
