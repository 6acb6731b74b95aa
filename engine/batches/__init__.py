"""Acts on many cases, one unit of work each: what may be done so, and how the next one is done.

A batch stands in the database with its items, so that it goes on wherever and whenever a worker takes it up; an
item is done or not, never half.
"""
