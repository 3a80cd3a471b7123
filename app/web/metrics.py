"""Figures for whoever watches over the service, in the form that Prometheus reads; opened by a token of its own."""

import secrets
from collections.abc import Callable, Iterable, Mapping

from prometheus_client import CollectorRegistry, Counter, Histogram, ProcessCollector, generate_latest
from prometheus_client.core import GaugeMetricFamily, Metric
from prometheus_client.registry import Collector

MEDIA_TYPE = "text/plain; version=0.0.4; charset=utf-8"

METHODS = frozenset({"GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS"})

SECONDS = (0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30)

GAUGES = {
    "versions": "Versions that are kept",
    "gaps": "What the newest versions of all papers show as missing",
    "audit_events": "Events in the audit log",
    "doors_reading": "Reading doors of the database that are open in this process",
    "doors_writing": "Writing doors of the database that are open in this process, or wait to be",
    "templates_held": "Prepared templates that are held in memory",
    "templates_found": "How often a prepared template was found there, since the start",
    "templates_prepared": "How often one had to be prepared, since the start",
    "free_bytes": "Bytes that are free on the disk of the kept files",
}
"""Name of a figure that is taken when it is asked for → what it means."""


class Metrics:
    """What was counted in this process, and how things stand; one for each application."""

    def __init__(self, figures: Callable[[], Mapping[str, float]], token: str | None) -> None:
        self._token = token
        self._registry = CollectorRegistry()
        self._requests = Counter(
            "boardpapers_requests",
            "Requests that were answered",
            ["method", "route", "status"],
            registry=self._registry,
        )
        self._seconds = Histogram(
            "boardpapers_request_seconds",
            "How long answers took",
            ["method", "route"],
            buckets=SECONDS,
            registry=self._registry,
        )
        self._registry.register(_Figures(figures))
        ProcessCollector(registry=self._registry)

    def opens(self, token: str) -> bool:
        """Whether this token opens the figures; without one in the settings, none does."""
        return self._token is not None and secrets.compare_digest(self._token.encode(), token.encode(errors="replace"))

    def count(self, *, method: str, route: str, status: int, seconds: float) -> None:
        """One more request was answered."""
        method = method if method in METHODS else "other"  # a client may call its method what it likes
        self._requests.labels(method, route, str(status)).inc()
        self._seconds.labels(method, route).observe(seconds)

    def told(self) -> bytes:
        """All figures as text."""
        return generate_latest(self._registry)


class _Figures(Collector):
    """What is looked up when it is asked for."""

    def __init__(self, figures: Callable[[], Mapping[str, float]]) -> None:
        self._figures = figures

    def collect(self) -> Iterable[Metric]:
        for name, value in self._figures().items():
            yield GaugeMetricFamily(f"boardpapers_{name}", GAUGES[name], value=value)
