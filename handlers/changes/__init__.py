"""The verbs of change orders (变更单), which the diagrams of all kinds share."""
