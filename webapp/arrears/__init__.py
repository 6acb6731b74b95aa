"""Carrying out the runs of chasing arrears (催缴): the daily run and the bulk sending, with the letters."""
