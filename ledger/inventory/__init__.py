"""Buildings and units (房源): what may be sold, at which price, in which state."""
