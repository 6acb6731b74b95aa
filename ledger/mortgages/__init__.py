"""Mortgages (按揭): banks with products and papers; each sale's loans from papers to registration."""
