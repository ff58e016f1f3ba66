"""Rules into sentences: why something is shown, or is not."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import Any, cast

from discord import ui

from bot.cards.text import clip
from bot.gate.declaration import Choice
from bot.gate.rules import Extent, Rule, Rules
from bot.gate.setting import BLOCKED_TAGS, BOTS, IMAGE_LEVEL, ROLES, SUPPRESS
from bot.navigation.frame import ACCENT, PageView

NO_INTENT = (
    "Discord does not tell this bot what people write, so links in messages that do not mention it get no preview. "
    "Its host can switch the message-content intent on, in the developer portal under Bot."
)
ROLE_GONE = "A role that was chosen here no longer exists. Choose the roles again, on the page “Where and who”."
CHANNEL_GONE = "A listed channel no longer exists. Choose the channels again, on the page “Where and who”."

NOT_ADDED = "Shiori was not added to this private thread, so it is told of no links here. Who mentions it here adds it."
LOCKED = (
    "This thread is locked, and Shiori lacks the permission “Manage Threads” to write here all the same, so it cannot "
    "preview links. Unlocking the thread helps, too."
)

_NO_BOTS = f"Links that other bots and webhooks post are not previewed (“{BOTS.label}” is off)."
_BOTS_TOO = f"Links that other bots and webhooks post are previewed too (“{BOTS.label}” is on)."
_LIMIT = 300
PREVIEWED = "✅ previewed"
_HINDERED = "⚠️ not previewed, see above"
_EXTENTS = {
    Extent.FULL: PREVIEWED,
    Extent.COVERLESS: "☑️ Non-H galleries only (nothing sexual), without cover",
    Extent.NOTHING: "❌ not previewed",
}
_SENTENCES: Mapping[Rule, str] = {
    Rule.AGE_RESTRICTED: "Galleries are shown here, since this channel is age-restricted.",
    Rule.NON_H: (
        "This channel is not age-restricted; “Non-H galleries elsewhere” is on: those with nothing sexual get a card."
    ),
    Rule.DM_ON: "You switched galleries on for your direct messages with Shiori.",
    Rule.LINKS_ON: "These links are switched on here.",
    Rule.PICTURES_ON: "Pictures that are known to be safe are shown everywhere.",
    Rule.ADULT_OFF: "Whoever runs this bot has switched off all that is for adults, in age-restricted channels too.",
    Rule.SERVER_ADULT_OFF: "This server has switched off all that is for adults, in age-restricted channels too.",
    Rule.CHANNEL_ADULT_OFF: "All that is for adults is switched off in this channel.",
    Rule.HOST_OFF: "Whoever runs this bot has switched galleries off.",
    Rule.DM_OFF: (
        "Galleries are shown in age-restricted channels, and in direct messages only to those who switch that on, with "
        "`/me`."
    ),
    Rule.GROUP: "Galleries are not shown in conversations between people, but in age-restricted channels.",
    Rule.ROLE: "Links are previewed here for people with certain roles only, and you have none of them.",
    Rule.CHANNEL_NOT_LISTED: "This server has previews in some channels only, and this is none of them.",
    Rule.NO_CHANNEL_LISTED: "This server has previews in listed channels only, and none is listed yet.",
    Rule.CHANNEL_LISTED: "This channel is one of those in which this server has no previews.",
    Rule.SERVER_OFF: "Previews of these links are switched off in this server.",
    Rule.CHANNEL_OFF: "Previews of these links are switched off in this channel.",
    Rule.NOT_AGE_RESTRICTED: "This channel is not age-restricted, so galleries are not shown here.",
    Rule.NON_H_ONLY: "This channel is not age-restricted, so only Non-H galleries (nothing sexual) are shown here.",
    Rule.OPTED_OUT: "You switched off previews of the links that you post, with `/me`.",
    Rule.SERVER_TAG: "This gallery has a tag that is blocked in this server.",
    Rule.CHANNEL_TAG: "This gallery has a tag that is blocked in this channel.",
    Rule.PERSONAL_TAG: "This gallery has a tag that you blocked.",
    Rule.NO_PICTURES: "Pictures are switched off here, with `/settings`.",
    Rule.WITHHELD: "This gallery may not be shown anywhere.",
    Rule.UNREADABLE: (
        "What was chosen here, or by you, cannot be read any more, so nothing is shown until it is chosen again, with "
        "`/settings` or `/me`."
    ),
}


def explain_rule(rule: Rule) -> str:
    """One sentence that says what decided."""
    return _SENTENCES[rule]


def explain_lacking(permission: str) -> str:
    """One sentence about a permission, as Discord calls it, without which nothing is previewed."""
    return f"Shiori lacks the permission “{permission}” here, so it cannot preview links."


def render_why(
    rules: Rules,
    *,
    missing: Sequence[str] = (),
    keeps_embeds: bool = False,
    linked: Sequence[str] = (),
    buttons: Sequence[ui.Item[Any]] = (),
) -> PageView:
    """What would be shown in a place, and because of which rule.

    `missing` are sentences about why nothing is previewed whatever the rules say (a permission, an intent), escaped
    already. `keeps_embeds`: the bot may not take Discord's own embeds away. `linked`: what holds of links that were
    asked about, escaped already. `buttons`, twenty at most, lead to what can be changed.
    """
    lines = [
        "## What is shown here",
        *(f"⚠️ {clip(sentence, _LIMIT)}" for sentence in missing),
        *(clip(one.replace(PREVIEWED, _HINDERED) if missing else one, _LIMIT) for one in linked),
    ]
    rulings = (
        ("Galleries", rules.rule_galleries(), rules.list_objections("galleries")),
        ("VNDB links", rules.rule_links("vndb"), rules.list_objections("vndb")),
        ("Anime links", rules.rule_links("anime"), rules.list_objections("anime")),
    )
    for service, ruling, objections in rulings:
        lines += [f"**{service}**: {_HINDERED if missing and ruling.shows else _EXTENTS[ruling.extent]}"]
        lines += [f"-# {explain_rule(rule)}" for rule in objections or [ruling.rule]]
    lines += _list_shown(rules)
    if any(ruling.shows for _, ruling, _ in rulings):
        lines += _list_limits(rules, keeps_embeds=keeps_embeds)
    container = ui.Container[Any](ui.TextDisplay[Any]("\n".join(lines)), accent_colour=ACCENT)
    if buttons:
        container.add_item(ui.TextDisplay("**Change it**"))
    for start in range(0, len(buttons), 5):
        container.add_item(ui.ActionRow(*buttons[start : start + 5]))
    view = PageView()
    view.add_item(container)
    return view


def _list_shown(rules: Rules) -> Iterator[str]:
    """What cards and pictures show here, of commands as of previews."""
    restricted = rules.place.age_restricted
    yield "**Commands**: " + ("✅ everything, also what is for adults" if restricted else "☑️ nothing for adults")
    yield f"-# {_explain_place(rules)}"
    pictures = rules.rule_pictures()
    if not pictures.shows:
        yield "**Pictures**: ❌ none"
    elif restricted and rules[IMAGE_LEVEL] > 0:
        what = "suggestive ones" if rules[IMAGE_LEVEL] == 1 else "all others"
        yield f"**Pictures**: ✅ safe ones, and {what} as spoilers"
    else:
        yield "**Pictures**: ☑️ safe ones only"
    if not restricted and pictures.shows:
        yield f"-# {_explain_place(rules)}"
    yield f"-# {explain_rule(pictures.rule) if pictures.rule is Rule.UNREADABLE else _explain_level(rules)}"


def _explain_level(rules: Rules) -> str:
    """Who chose how far pictures may go, and what."""
    labels = cast("Choice[object]", IMAGE_LEVEL.form).labels
    said = f"“{IMAGE_LEVEL.label}” is “{labels[rules[IMAGE_LEVEL]]}”"
    if rules.channel.get(IMAGE_LEVEL) is not None:
        return f"{said} in the settings of this channel."
    chosen = rules.server.get(IMAGE_LEVEL) is not None
    return f"{said} in the settings of this server." if chosen else f"{said}, as nobody has chosen otherwise."


def _explain_place(rules: Rules) -> str:
    """Whether what is for adults may stand here, and why."""
    if rules.adult_refusal is not None:
        return explain_rule(rules.adult_refusal)
    return f"This channel is {'' if rules.place.age_restricted else 'not '}age-restricted."


def _list_limits(rules: Rules, *, keeps_embeds: bool) -> Iterator[str]:
    """What else decides about a single link: who posts it, and what it leads to."""
    if rules[ROLES]:
        yield "• Only links of people with one of the chosen roles are previewed; webhooks have none."
    yield f"• {_BOTS_TOO if rules[BOTS] else _NO_BOTS}"
    if rules.person_refusal is not None:
        yield f"• {explain_rule(rules.person_refusal)}"
    if rules.rule_galleries().shows:
        yield from _list_gallery_limits(rules)
    yield "• Of a message with more than five links, five get a card. A link in angle brackets or in code gets none."
    yield "• A preview that somebody removed does not come back, also when the message is edited."
    if rules[SUPPRESS] and keeps_embeds:
        yield (
            "• Discord's own embed stays beside a preview, since Shiori lacks the permission “Manage Messages” in this "
            "channel."
        )


def _list_gallery_limits(rules: Rules) -> Iterator[str]:
    blocked = {"this server": rules.server, "this channel": rules.channel, "your settings": rules.person}
    counts = [f"{len(tags)} in {name}" for name, one in blocked.items() if (tags := one.get(BLOCKED_TAGS))]
    if counts:
        yield f"• Galleries with a blocked tag are left out ({', '.join(counts)})."
    if rules.rule_galleries().extent is Extent.FULL and rules[IMAGE_LEVEL] < 2:
        yield "• Covers are left out that are above the level of pictures which is set here."
