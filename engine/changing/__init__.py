"""Changing a case under way: what would become of its tokens in another version or at another place.

Planning looks and never acts; what it finds is worded for the analyst or operator who asked.
"""
