"""What is told at /metrics, read as Prometheus reads it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from prometheus_client.parser import text_string_to_metric_families


@dataclass
class Exposition:
    """All families, and the samples of each by their labels."""

    helps: dict[str, str]
    kinds: dict[str, str]
    samples: dict[str, dict[frozenset[tuple[str, str]], float]]

    def get(self, name: str, /, **labels: str) -> float:
        """The one sample with these labels; 0 if there is none."""
        return self.samples.get(name, {}).get(frozenset(labels.items()), 0.0)

    def sum(self, name: str, /, **labels: str) -> float:
        """All samples that have these labels among theirs."""
        wanted = labels.items()
        return sum(value for at, value in self.samples.get(name, {}).items() if wanted <= at)

    def list_labels(self) -> Mapping[str, set[str]]:
        """All values of each label."""
        found: dict[str, set[str]] = {}
        for of_one in self.samples.values():
            for labels in of_one:
                for name, value in labels:
                    found.setdefault(name, set()).add(value)
        return found


def parse(text: str) -> Exposition:
    """Raise ValueError for what Prometheus would not take."""
    found = Exposition({}, {}, {})
    for family in text_string_to_metric_families(text):
        name = f"{family.name}_total" if family.type == "counter" else family.name
        assert name not in found.helps, f"{name} stands there twice"
        found.helps[name], found.kinds[name] = family.documentation, family.type
        for sample in family.samples:
            at = frozenset(sample.labels.items())
            of_one = found.samples.setdefault(sample.name, {})
            assert at not in of_one, f"{sample.name} {sample.labels} stands there twice"
            of_one[at] = sample.value
    return found
