"""Delivery to the outside: mail, SMS, papers; one adapter each."""
