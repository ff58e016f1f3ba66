"""How it stands with the services, as figures: read when they are asked for, from what the client counts anyway."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping

from prometheus_client.core import Metric
from prometheus_client.registry import Collector

from bot.http import Client, LaneState
from bot.http.counters import Times
from bot.watch.family import Labels, build_counter, build_gauge, build_histogram

_SERVICE = ("service",)
_OUTCOMES = {
    "answered_2xx": "2xx",
    "answered_3xx": "3xx",
    "answered_4xx": "4xx",
    "answered_5xx": "5xx",
    "failed": "failed",
}
_READS = ("hit", "stale", "joined", "miss")
_GAUGES: tuple[tuple[str, str, Callable[[LaneState], float]], ...] = (
    ("in_flight", "Requests on their way to a service.", lambda lane: lane.in_flight),
    ("waiting", "Requests to a service that wait for their turn.", lambda lane: lane.waiting),
    ("paused_seconds", "For how long a service is still left alone by its own word.", lambda lane: lane.paused_for_s),
    (
        "blocked_seconds",
        "For how long a service is still left alone, since it said that too often (part of paused_seconds).",
        lambda lane: lane.blocked_for_s,
    ),
    (
        "circuit_open_seconds",
        "For how long a service is still left alone, since it failed.",
        lambda lane: lane.circuit_open_for_s,
    ),
)


class Services(Collector):
    """Of one client."""

    def __init__(self, client: Client) -> None:
        self._client = client
        self._names = [policy.service for policy in client.policies]

    def collect(self) -> Iterator[Metric]:
        yield from self._collect_counts()
        yield from self._collect_times()
        lanes = [self._client.lane(service) for service in self._names]
        for name, what, read in _GAUGES:
            yield build_gauge(f"shiori_service_{name}", what, _SERVICE, {(one.service,): read(one) for one in lanes})
        yield from self._collect_budgets(lanes)

    def _collect_counts(self) -> Iterator[Metric]:
        yield build_counter(
            "shiori_service_requests",
            "Requests sent to a service, by the class of the answer's status; failed: there was no answer.",
            ("service", "outcome"),
            self._count(_OUTCOMES),
        )
        yield build_counter(
            "shiori_cache_reads",
            "Questions by what was known: hit, stale (asked anew behind it), joined (being asked already), miss.",
            ("service", "result"),
            self._count({read: read for read in _READS}),
        )
        for event, name, what in (
            ("refused", "refusals", "Questions that were turned away before they were sent to a service."),
            ("retried", "retries", "Requests that were sent to a service once more."),
            ("paused", "pauses", "Answers by which a service wanted to be left alone."),
        ):
            values = {(service,): self._client.counters.get(service, event) for service in self._names}
            yield build_counter(f"shiori_service_{name}", what, _SERVICE, values)

    def _count(self, events: Mapping[str, str]) -> dict[Labels, float]:
        get = self._client.counters.get
        return {(service, label): get(service, event) for service in self._names for event, label in events.items()}

    def _collect_times(self) -> Iterator[Metric]:
        for name, what, times in (
            ("request", "Time from sending a request to a service to all of its answer.", self._client.counters.took),
            ("wait", "Time for which a request waited for its turn, be it in vain.", self._client.counters.waited),
        ):
            known = {(service,): times.get(service, Times()) for service in self._names}
            yield build_histogram(f"shiori_service_{name}_seconds", what, _SERVICE, known)

    def _collect_budgets(self, lanes: list[LaneState]) -> Iterator[Metric]:
        free: dict[Labels, float] = {}
        limits: dict[Labels, float] = {}
        for service in self._names:
            for state in self._client.list_windows(service):
                at = (service, f"{state.window.seconds:g}")
                free[at], limits[at] = state.free, state.window.count
        labels = ("service", "window_seconds")
        yield build_gauge("shiori_service_window_free", "Requests that a service still takes now.", labels, free)
        yield build_gauge("shiori_service_window_limit", "Requests that a service takes in a window.", labels, limits)
        accounts = {one.service: one.time_account for one in self._client.policies}
        debts = {(one.service,): one.debt_s for one in lanes if accounts[one.service]}
        most = {(name,): one.refuse_at_s for name, one in accounts.items() if one is not None}
        yield build_gauge("shiori_service_debt_seconds", "Execution time owed to a service.", _SERVICE, debts)
        yield build_gauge("shiori_service_debt_limit_seconds", "Debt at which a service refuses.", _SERVICE, most)
