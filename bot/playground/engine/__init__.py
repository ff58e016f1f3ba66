"""A Discord on loopback for the unmodified bot: a gateway, REST, and people who use it.

It refuses what Discord refuses, with Discord's own codes. Nothing here reaches beyond 127.0.0.1.
"""

from bot.playground.engine.clock import Clock, RealClock
from bot.playground.engine.components import (
    buttons,
    find_by_custom_id,
    find_component,
    pictures,
    selects,
    texts,
    walk,
)
from bot.playground.engine.exchange import Exchange
from bot.playground.engine.fault import ApiError
from bot.playground.engine.invocation import PersonError
from bot.playground.engine.model import Channel, Message, RestFault, Role, User
from bot.playground.engine.permission import Intent, Permission
from bot.playground.engine.person import Person
from bot.playground.engine.server import LocalDiscord
from bot.playground.engine.webhook import Webhook
from bot.playground.engine.world import World

__all__ = [
    "ApiError",
    "Channel",
    "Clock",
    "Exchange",
    "Intent",
    "LocalDiscord",
    "Message",
    "Permission",
    "Person",
    "PersonError",
    "RealClock",
    "RestFault",
    "Role",
    "User",
    "Webhook",
    "World",
    "buttons",
    "find_by_custom_id",
    "find_component",
    "pictures",
    "selects",
    "texts",
    "walk",
]
