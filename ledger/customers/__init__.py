"""Customers (客户): people and firms, with encrypted identity, kinds over time, contacts and search."""
