"""What can be changed of that which `/settings why` names."""

from __future__ import annotations

from collections.abc import Iterator

from bot.gate.declaration import AnySetting
from bot.gate.rules import Rule, Rules
from bot.gate.setting import (
    ADULT,
    ANIME,
    CHANNEL_RULE,
    GALLERIES,
    IMAGE_LEVEL,
    NON_H,
    PREVIEWS,
    ROLES,
    SETTINGS,
    VNDB,
)
from bot.settings.form import ME, SERVER, Scope
from bot.settings.item import PanelButton

_OF_SERVER = {
    Rule.ROLE: ROLES,
    Rule.CHANNEL_NOT_LISTED: CHANNEL_RULE,
    Rule.NO_CHANNEL_LISTED: CHANNEL_RULE,
    Rule.CHANNEL_LISTED: CHANNEL_RULE,
}
_OF_EITHER = {
    Rule.SERVER_ADULT_OFF: ADULT,
    Rule.CHANNEL_ADULT_OFF: ADULT,
    Rule.NON_H: NON_H,
    Rule.NOT_AGE_RESTRICTED: NON_H,
}
# Whatever else says so is switched by the switch of the service.
_OF_NOBODY_HERE = frozenset({Rule.ADULT_OFF, Rule.HOST_OFF})


def build_why_buttons(rules: Rules, channel_id: int, *, manages: bool) -> list[PanelButton]:
    """A button for each rule that decides here and that the person may change: to the panel where it stands.

    `channel_id`: whose settings hold here. `manages`: whether the person manages the server.
    """
    found = dict.fromkeys(_list_changeable(rules, Scope("channel", channel_id)))
    return [
        PanelButton(scope, f"{setting.label}{_tell_whose(scope, setting)}", setting=setting.name)
        for scope, setting in found
        if scope == ME or manages
    ]


def _tell_whose(scope: Scope, setting: AnySetting) -> str:
    if scope == SERVER or len(setting.levels) == 1:
        return ""
    return " (yours)" if scope == ME else " (here)"


def _list_changeable(rules: Rules, here: Scope) -> Iterator[tuple[Scope, AnySetting]]:
    rulings = (
        (GALLERIES, rules.rule_galleries(), rules.list_objections("galleries")),
        (VNDB, rules.rule_links("vndb"), rules.list_objections("vndb")),
        (ANIME, rules.rule_links("anime"), rules.list_objections("anime")),
    )
    for switch, ruling, objections in rulings:
        for rule in objections or [ruling.rule]:
            setting = _OF_EITHER.get(rule, switch)
            if rule is Rule.UNREADABLE:
                yield from _list_lost(rules, here, switch)
            elif rule in _OF_SERVER:
                yield SERVER, _OF_SERVER[rule]
            elif rule not in _OF_NOBODY_HERE:
                yield _find_scope(rules, setting, here), setting
    yield _find_scope(rules, IMAGE_LEVEL, here), IMAGE_LEVEL
    if rules.person_refusal is Rule.OPTED_OUT or PREVIEWS in rules.person.lost:
        yield ME, PREVIEWS


def _list_lost(rules: Rules, here: Scope, switch: AnySetting) -> Iterator[tuple[Scope, AnySetting]]:
    """What cannot be read of that which shuts these links, one's own first: others may mend theirs, and not this."""
    switches = (switch, ADULT) if switch is GALLERIES else (switch,)
    for scope, chosen in ((ME, rules.person), (here, rules.channel), (SERVER, rules.server)):
        for setting in SETTINGS.values():
            if setting in chosen.lost and (setting.safe is None or setting in switches):
                yield scope, setting


def _find_scope(rules: Rules, setting: AnySetting, here: Scope) -> Scope:
    """Who decided: the channel if anything was chosen for it, else the server."""
    chosen_here = rules.channel.get(setting) is not None or setting in rules.channel.lost
    return here if chosen_here else SERVER
