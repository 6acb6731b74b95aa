"""The verbs of letting a buyer off: waivers (减免) of late interest and write-offs (核销)."""
