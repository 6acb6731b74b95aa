"""Faults: processes killed, connections cut, disks filled, clocks moved, jobs and messages delivered twice or early.

A real company is served by real processes; clients outside of them note what was acknowledged. Afterwards nothing
acknowledged may be missing or there twice, and everything begun must be able to go on.
"""
