"""Forms as data, compiled to one schema that checks every answer."""
