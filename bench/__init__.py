"""Measurements, each against a named peer or limit."""
