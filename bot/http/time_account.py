"""The account of a service that counts execution time (`TimeAccount`), kept as the service keeps it."""

from __future__ import annotations

import math

from bot.http.policy import TimeAccount

_MARGIN_S = 0.001  # the service refuses at T == now + refuse_at_s, so wait until strictly after


class Ledger:
    """`debt_until` is the service's T: the moment at which all debt is paid off.

    The service books when it is done, we book when the answer is here, which is later: our T is never below
    the service's, so whoever waits for `ready_at` is never refused. What is still on its way is taken at
    `reserve_s`.
    """

    def __init__(self, account: TimeAccount) -> None:
        self._account = account
        self._typical_s = 0.0
        self.debt_until = -math.inf

    def ready_at(self, now: float, *, in_flight: int, ahead: int = 0) -> float:
        """The moment at which the service takes another request, with `in_flight` ones not answered yet and
        `ahead` ones that go first.
        """
        account = self._account
        pending_debt_s = account.debt_per_s * account.reserve_s * in_flight
        if in_flight and pending_debt_s + _MARGIN_S >= account.refuse_at_s:
            return math.inf  # no waiting helps, only an answer
        ahead_debt_s = account.debt_per_s * self._typical_s * ahead
        debt_until = max(self.debt_until, now) + pending_debt_s + ahead_debt_s
        return debt_until - account.refuse_at_s + _MARGIN_S

    def learn_cost(self, cost_s: float) -> float:
        """A request cost so much. Returns its debt, which is owed once the service has booked it."""
        self._typical_s += 0.2 * (cost_s - self._typical_s)
        return self.find_debt_s(cost_s)

    def owe(self, now: float, debt_s: float) -> None:
        """The service has booked so much."""
        if debt_s:
            self.debt_until = max(self.debt_until, now) + debt_s

    def find_debt_s(self, cost_s: float) -> float:
        """The debt that so much execution time makes."""
        return self._account.debt_per_s * cost_s

    def learn_refusal(self, now: float) -> None:
        """The service refused: if this account was the reason, its T is at least here."""
        self.debt_until = max(self.debt_until, now + self._account.refuse_at_s)

    def debt_s(self, now: float) -> float:
        """What is owed at present."""
        return max(0.0, self.debt_until - now)
