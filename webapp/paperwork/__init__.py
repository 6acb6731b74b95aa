"""The papers of a sale made from the ledger, and the office that carries out what processes order."""
