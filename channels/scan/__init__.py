"""Looking for viruses in files before they are kept: one adapter for each kind of scanner."""

from channels.scan.clamd import Clamd, ClamdSettings
from channels.scan.scanner import Infected, Scanner, ScanUnavailable

__all__ = ["Clamd", "ClamdSettings", "Infected", "ScanUnavailable", "Scanner"]
