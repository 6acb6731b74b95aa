"""The desks, the REST API, the command line and the worker."""
