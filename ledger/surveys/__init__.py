"""Measured areas of buildings (实测, 产权登记) and what they change in each sale's price (面积补差)."""
