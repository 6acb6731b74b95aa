"""Diagrams and decision tables, one folder per process. Data, no Python."""
