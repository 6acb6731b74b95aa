"""The verbs of a title case (办证): the case, its papers and money, its clock, and the facts that move it."""
