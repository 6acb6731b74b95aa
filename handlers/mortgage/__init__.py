"""The verbs of mortgages (按揭): the case of a sale, and each of its loans."""
