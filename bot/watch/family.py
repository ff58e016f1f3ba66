"""Families of figures as Prometheus takes them, from numbers that somebody counts already."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from itertools import accumulate

from prometheus_client.core import CounterMetricFamily, GaugeMetricFamily, HistogramMetricFamily

from bot.http.counters import BOUNDS_S, Times

Labels = tuple[str, ...]
Values = Mapping[Labels, float]
"""By the values of the labels."""

NO_LABELS: Labels = ()
_BUCKETS = (*map(str, BOUNDS_S), "+Inf")


def build_counter(name: str, what: str, labels: Sequence[str], values: Values) -> CounterMetricFamily:
    """Numbers that only grow; Prometheus calls it `name_total`."""
    family = CounterMetricFamily(name, what, labels=labels)
    for at, value in values.items():
        family.add_metric(at, value)
    return family


def build_gauge(name: str, what: str, labels: Sequence[str], values: Values) -> GaugeMetricFamily:
    """Numbers as they are now."""
    family = GaugeMetricFamily(name, what, labels=labels)
    for at, value in values.items():
        family.add_metric(at, value)
    return family


def build_histogram(
    name: str, what: str, labels: Sequence[str], times: Mapping[Labels, Times]
) -> HistogramMetricFamily:
    """Lengths of time, in seconds."""
    family = HistogramMetricFamily(name, what, labels=labels)
    for at, one in times.items():
        family.add_metric(at, list(zip(_BUCKETS, accumulate(one.counts), strict=True)), one.total_s)
    return family
