"""Templates of papers (文书模板): texts with ``{{variable}}`` marks, and the papers made of them."""
