"""What finance reports (财务报表): ageing, collection, forecast, statements. Reads only, scoped, by business days.

A receivable stands from the day it was raised to the day before it ended; money counts from the day on which the
journal booked it. So a report of a past day says what the ledger said that day, whatever happened since.
"""
