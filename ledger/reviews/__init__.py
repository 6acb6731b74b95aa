"""Review before effect (审核): changes to marked records wait until a second person accepts them."""
