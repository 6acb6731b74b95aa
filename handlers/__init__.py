"""The verbs that diagrams use: service-task handlers, one module per process."""
