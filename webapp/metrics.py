"""Figures for the operator's monitoring: requests by endpoint and status, their duration, and jobs that wait."""

from __future__ import annotations

import os

from prometheus_client import CollectorRegistry, Counter, Histogram, generate_latest, values
from prometheus_client.core import GaugeMetricFamily
from prometheus_client.multiprocess import MultiProcessCollector, mark_process_dead

BUCKETS = (0.01, 0.025, 0.05, 0.1, 0.2, 0.35, 0.5, 0.75, 1.0, 2.0, 5.0, 10.0)
_FOLDER = "PROMETHEUS_MULTIPROC_DIR"


class Metrics:
    """The figures of one application; each has a registry of its own, so that tests can make many."""

    def __init__(self) -> None:
        self.registry = CollectorRegistry()
        self._requests = Counter(
            "keyturn_requests_total", "Answers given", ["endpoint", "method", "status"], registry=self.registry
        )
        self._seconds = Histogram(
            "keyturn_request_seconds", "Time to answer", ["endpoint"], registry=self.registry, buckets=BUCKETS
        )

    def observe(self, endpoint: str, method: str, status: int, seconds: float) -> None:
        """Count one answer."""
        self._requests.labels(endpoint, method, str(status)).inc()
        self._seconds.labels(endpoint).observe(seconds)

    def text(self) -> bytes:
        """All figures in Prometheus' text form; of all processes, where they share a folder."""
        if _FOLDER not in os.environ:
            return generate_latest(self.registry)
        together = CollectorRegistry()
        MultiProcessCollector(together)
        return generate_latest(together)


def share_figures(folder: str) -> None:
    """From now on the processes of this one count together, in files of a folder; call it before the fork."""
    os.environ[_FOLDER] = folder
    values.ValueClass = values.MultiProcessValue()


def process_ended(pid: int) -> None:
    """Keep the counts of a process that has ended, and forget what was true of it alone."""
    mark_process_dead(pid)


def jobs_text(due: int, late_seconds: float) -> bytes:
    """The figures of the jobs, which the database knows for all processes."""
    registry = CollectorRegistry()
    registry.register(_Jobs(due, late_seconds))
    return generate_latest(registry)


class _Jobs:
    def __init__(self, due: int, late_seconds: float) -> None:
        self._told = (
            GaugeMetricFamily("keyturn_jobs_due", "Jobs due and not done, at most 1,000", value=due),
            GaugeMetricFamily("keyturn_jobs_late_seconds", "How late the oldest due job is", value=late_seconds),
        )

    def collect(self) -> tuple[GaugeMetricFamily, ...]:
        return self._told
