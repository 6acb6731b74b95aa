"""Figures for the operator's monitoring: requests by endpoint and status, and how long they took."""

from __future__ import annotations

from prometheus_client import CollectorRegistry, Counter, Histogram, generate_latest

BUCKETS = (0.01, 0.025, 0.05, 0.1, 0.2, 0.35, 0.5, 0.75, 1.0, 2.0, 5.0, 10.0)


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
        """All figures in Prometheus' text form."""
        return generate_latest(self.registry)
