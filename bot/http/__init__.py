"""The shared HTTP client: it keeps every service's limits, remembers answers, and never asks twice for what
it already has or is already asking for. It knows neither Discord nor any service.
"""

from bot.http.ask import Ask, Priority, Standing, asking, current_ask, unasked
from bot.http.batch import Batcher
from bot.http.cache import HOT_ENTRIES, Cache, Entry, Lifetime, MemoryCache
from bot.http.client import Answer, Client, find_key
from bot.http.clock import Clock, SystemClock, Timer
from bot.http.counters import Counters
from bot.http.lane import Lane, OnRest
from bot.http.lane_state import LaneState
from bot.http.lease import LeaseBook
from bot.http.message import Headers, Request, Response, Transport
from bot.http.policy import Finding, Policy, Spent, TimeAccount, Window
from bot.http.secret import Credential, Secret
from bot.http.throttle import Rest
from bot.http.transport import AiohttpTransport

__all__ = [
    "HOT_ENTRIES",
    "AiohttpTransport",
    "Answer",
    "Ask",
    "Batcher",
    "Cache",
    "Client",
    "Clock",
    "Counters",
    "Credential",
    "Entry",
    "Finding",
    "Headers",
    "Lane",
    "LaneState",
    "LeaseBook",
    "Lifetime",
    "MemoryCache",
    "OnRest",
    "Policy",
    "Priority",
    "Request",
    "Response",
    "Rest",
    "Secret",
    "Spent",
    "Standing",
    "SystemClock",
    "TimeAccount",
    "Timer",
    "Transport",
    "Window",
    "asking",
    "current_ask",
    "find_key",
    "unasked",
]
