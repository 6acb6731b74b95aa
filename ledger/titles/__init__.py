"""Certificates of title (产权, 办证): the building's first registration (大证) and each buyer's own (小证)."""
