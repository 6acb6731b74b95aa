"""From queue number to filed contract: the sale of one unit, with buyers, terms and papers' numbers."""
