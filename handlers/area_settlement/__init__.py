"""The verbs of an area settlement (面积补差): reckoned, asked about, posted, rescinded, its money done."""
