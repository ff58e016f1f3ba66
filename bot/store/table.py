"""The tables. After a change here, write a migration: `python -m bot.store.migrations "what changes"`."""

from __future__ import annotations

from sqlalchemy import BigInteger, Boolean, Column, Float, Index, Integer, MetaData, SmallInteger, String, Table, Text

metadata = MetaData()

# One row. Every change of settings takes the next `number`, and holds the row's lock until it is committed, so that
# numbers become visible in their order. `reset`: the last change that removed rows.
revision = Table(
    "revision",
    metadata,
    Column("id", SmallInteger, primary_key=True, autoincrement=False),
    Column("number", BigInteger, nullable=False),
    Column("reset", BigInteger, nullable=False),
)

# One row: the bot whose servers these are. Another bot on the same database is in none of them.
owner = Table(
    "owner",
    metadata,
    Column("id", SmallInteger, primary_key=True, autoincrement=False),
    Column("bot_id", BigInteger, nullable=False),
)

# The processes of the bot that are there, each until it says so again.
process = Table(
    "process",
    metadata,
    Column("id", String(16), primary_key=True),
    Column("until_s", BigInteger, nullable=False),
)

# What one process does for all: an interaction that several are told of, a shard that connects.
claim = Table(
    "claim",
    metadata,
    Column("name", String(40), primary_key=True),
    Column("until_ms", BigInteger, nullable=False),
)

# One document a row: of a server, a channel (`guild_id` is its server) or a person. A row that is not there is the
# default. `revision`: the change that wrote it.
setting = Table(
    "setting",
    metadata,
    Column("kind", String(16), primary_key=True),
    Column("id", BigInteger, primary_key=True, autoincrement=False),
    Column("guild_id", BigInteger, nullable=True),
    Column("document", Text, nullable=False),
    Column("revision", BigInteger, nullable=False),
    Index("ix_setting_guild_id", "guild_id"),
    Index("ix_setting_revision", "revision"),
)

# `parent_id`: the channel whose flag counts, which a thread is not. `restricted`: it shows what may stand only where
# galleries may. `leaving`: it has to go, and Discord may not have let it yet. `reply_id`: 0 of what may have been sent
# as an answer to a command; `message_id` is the interaction then.
preview = Table(
    "preview",
    metadata,
    Column("message_id", BigInteger, primary_key=True, autoincrement=False),
    Column("channel_id", BigInteger, nullable=False),
    Column("parent_id", BigInteger, nullable=False),
    Column("guild_id", BigInteger, nullable=True),
    Column("poster_id", BigInteger, nullable=False),
    Column("reply_id", BigInteger, nullable=True),
    Column("removed", Boolean, nullable=False),
    Column("restricted", Boolean, nullable=False),
    Column("leaving", Boolean, nullable=False),
    Column("shown", Text, nullable=False),
    Index("ix_preview_channel_id", "channel_id"),
    Index("ix_preview_parent_id", "parent_id"),
    Index("ix_preview_leaving", "leaving"),
    Index("ix_preview_guild_id", "guild_id"),
    Index("ix_preview_poster_id", "poster_id"),
    Index("ix_preview_reply_id", "reply_id"),
)

# Who was told on which day (since the epoch) why a link of theirs is not previewed.
note = Table(
    "note",
    metadata,
    Column("user_id", BigInteger, primary_key=True, autoincrement=False),
    Column("day", BigInteger, primary_key=True, autoincrement=False),
    Column("reason", String(40), primary_key=True),
    Index("ix_note_day", "day"),
)

# Who is told of what. `target` is the same for follows that tell the same to the same. `refusals`: how often in a row
# Discord did not take a notice. `threads`: each notice gets one; `thread_error`: why the last one has none, or 0.
# `offset_s`: how far a daily post's day is ahead of UTC's; its `delay_s` is counted from the beginning of that day.
# `part_of`: the follow of a list (kind `mine`, its title the service) on which the work stands.
follow = Table(
    "follow",
    metadata,
    Column("id", BigInteger, primary_key=True, autoincrement=False),
    Column("kind", String(16), nullable=False),
    Column("subject_id", BigInteger, nullable=False),
    Column("title", Text, nullable=False),
    Column("adult", Boolean, nullable=False),
    Column("user_id", BigInteger, nullable=False),
    Column("guild_id", BigInteger, nullable=True),
    Column("channel_id", BigInteger, nullable=True),
    Column("role_id", BigInteger, nullable=True),
    Column("delay_s", BigInteger, nullable=False),
    Column("language", String(16), nullable=True),
    Column("platform", String(16), nullable=True),
    Column("created_s", BigInteger, nullable=False),
    Column("target", String(128), nullable=False),
    Column("refusals", SmallInteger, nullable=False),
    Column("threads", Boolean, nullable=False),
    Column("thread_error", BigInteger, nullable=False),
    Column("offset_s", BigInteger, nullable=False),
    Column("part_of", BigInteger, nullable=True),
    Index("ix_follow_user_id", "user_id"),
    Index("ix_follow_guild_id", "guild_id"),
    Index("ix_follow_channel_id", "channel_id"),
    Index("ix_follow_target", "target", unique=True),
    Index("ix_follow_part_of", "part_of"),
)

# What a follow is, or was, told. `state`: waiting, sending, told. `begun_s`: when it was last sent, or of a waiting one
# when it was last refused; `claimed_s`: when a process last took it on.
notice = Table(
    "notice",
    metadata,
    Column("follow_id", BigInteger, primary_key=True, autoincrement=False),
    Column("key", String(16), primary_key=True),
    Column("due_s", BigInteger, nullable=False),
    Column("adult", Boolean, nullable=False),
    Column("detail", Text, nullable=False),
    Column("state", String(16), nullable=False),
    Column("begun_s", BigInteger, nullable=False),
    Column("claimed_s", BigInteger, nullable=False),
    Index("ix_notice_due_s", "due_s"),
)

# Which server was greeted when, or begun to be until it is `done`. `channel_id`: where that was sent last, 0: nowhere
# yet. It says so on after the bot has left.
greeting = Table(
    "greeting",
    metadata,
    Column("guild_id", BigInteger, primary_key=True, autoincrement=False),
    Column("greeted_s", BigInteger, nullable=False),
    Column("channel_id", BigInteger, nullable=False),
    Column("done", Boolean, nullable=False),
)

# Which service is left alone and why, `for_s` from when it was noted to `until_s`.
rest = Table(
    "rest",
    metadata,
    Column("service", String(32), primary_key=True),
    Column("kind", String(16), primary_key=True),
    Column("until_s", BigInteger, nullable=False),
    Column("for_s", BigInteger, nullable=False),
)

# What of a service's limits was used up at `at_s` (since the epoch): `ages_s` are those of its requests, in whole
# seconds with commas between; up to `slack` more may have been sent since. `debt_s`: of its time account.
spent = Table(
    "spent",
    metadata,
    Column("service", String(32), primary_key=True),
    Column("at_s", Float, nullable=False),
    Column("ages_s", Text, nullable=False),
    Column("slack", Integer, nullable=False),
    Column("debt_s", Float, nullable=False),
)

# What a button leads to, where that is too long for it. `used_s`: when it was last put into a message, to the day.
kept_place = Table(
    "kept_place",
    metadata,
    Column("key", String(22), primary_key=True),
    Column("place", Text, nullable=False),
    Column("used_s", BigInteger, nullable=False),
    Index("ix_kept_place_used_s", "used_s"),
)

# What works are called, so that suggestions need no service. `shelf`: vn, anime or manga. `adult`: it is not known to
# be for everybody. `weight`: how many people know it. `names`: folded, one a line. `record`: what a suggestion shows.
# `listed`: it is among the best known; others were seen. `told_s`: when the service said so, to the day if it was seen.
known_work = Table(
    "known_work",
    metadata,
    Column("shelf", String(16), primary_key=True),
    Column("id", BigInteger, primary_key=True, autoincrement=False),
    Column("adult", Boolean, nullable=False),
    Column("weight", BigInteger, nullable=False),
    Column("names", Text, nullable=False),
    Column("record", Text, nullable=False),
    Column("listed", Boolean, nullable=False),
    Column("told_s", BigInteger, nullable=False),
)

# How far a shelf is filled: the next `page`; when this filling began; when it was over, 0 before; when a process last
# took a page on.
filling = Table(
    "filling",
    metadata,
    Column("shelf", String(16), primary_key=True),
    Column("page", BigInteger, nullable=False),
    Column("begun_s", BigInteger, nullable=False),
    Column("done_s", BigInteger, nullable=False),
    Column("claimed_s", BigInteger, nullable=False),
)

# Whose account on a service somebody says is theirs (VNDB or AniList). `public`: their list could be read when it was
# last looked at.
account = Table(
    "account",
    metadata,
    Column("user_id", BigInteger, primary_key=True, autoincrement=False),
    Column("service", String(16), primary_key=True),
    Column("account_id", String(32), nullable=False),
    Column("name", Text, nullable=False),
    Column("public", Boolean, nullable=False),
    Column("linked_s", BigInteger, nullable=False),
    Index("ix_account_service_account_id", "service", "account_id"),
)

# Which servers somebody's accounts are shown to. Of whom there is no row, nothing is shown there.
opt_in = Table(
    "opt_in",
    metadata,
    Column("user_id", BigInteger, primary_key=True, autoincrement=False),
    Column("guild_id", BigInteger, primary_key=True, autoincrement=False),
    Column("since_s", BigInteger, nullable=False),
    Index("ix_opt_in_guild_id", "guild_id"),
)

# Somebody's token for their list on VNDB, `sealed` (`bot/account/seal.py`). `uid` and `name`: as VNDB calls them.
# `unknown`: VNDB knew the token no more when it was last used.
vndb_token = Table(
    "vndb_token",
    metadata,
    Column("user_id", BigInteger, primary_key=True, autoincrement=False),
    Column("sealed", String(200), nullable=False),
    Column("uid", String(32), nullable=False),
    Column("name", Text, nullable=False),
    Column("permissions", String(200), nullable=False),
    Column("linked_s", BigInteger, nullable=False),
    Column("unknown", Boolean, nullable=False),
)

# Entries of people's lists on VNDB (`uid`) that are taken off to be put back without a day: nothing else takes one
# away. `sealed` as tokens are.
vndb_remake = Table(
    "vndb_remake",
    metadata,
    Column("user_id", BigInteger, primary_key=True, autoincrement=False),
    Column("uid", String(32), primary_key=True),
    Column("vn_id", String(16), primary_key=True),
    Column("sealed", Text, nullable=False),
)

# What somebody is about to import into their list on VNDB (`uid`), or is importing. `state`: offered, running, stopped,
# done. `trouble`: why it cannot go on by itself. `summary`: what was found before, sealed. `claimed_by`: the process
# that works on it, and `claimed_s` when it last said so.
list_import = Table(
    "list_import",
    metadata,
    Column("user_id", BigInteger, primary_key=True, autoincrement=False),
    Column("uid", String(32), nullable=False),
    Column("state", String(16), nullable=False),
    Column("trouble", String(16), nullable=False),
    Column("overwrite", Boolean, nullable=False),
    Column("summary", Text, nullable=False),
    Column("created_s", BigInteger, nullable=False),
    Column("changed_s", BigInteger, nullable=False),
    Column("claimed_by", String(32), nullable=False),
    Column("claimed_s", BigInteger, nullable=False),
)

# A write of an import: of a novel's entry or of a release (`target`). `change`: what it writes, as JSON. `state`:
# waiting, begun (it may have been made), done, kept (it is not made), refused with its `reason`.
list_import_row = Table(
    "list_import_row",
    metadata,
    Column("user_id", BigInteger, primary_key=True, autoincrement=False),
    Column("number", BigInteger, primary_key=True, autoincrement=False),
    Column("target", String(16), nullable=False),
    Column("title", Text, nullable=False),
    Column("change", Text, nullable=False),
    Column("is_new", Boolean, nullable=False),
    Column("state", String(16), nullable=False),
    Column("attempts", SmallInteger, nullable=False),
    Column("reason", Text, nullable=False),
)

# Which accounts' lists are kept, since somebody shows them to a server, or follows their own: when each was
# fetched, 0 if never; when a process last took that on.
kept_list = Table(
    "kept_list",
    metadata,
    Column("service", String(16), primary_key=True),
    Column("account_id", String(32), primary_key=True),
    Column("fetched_s", BigInteger, nullable=False),
    Column("claimed_s", BigInteger, nullable=False),
)

# What everybody can read of them. `kind`: vn, anime or manga. `vote`: 10 to 100, 0 for none.
listed_work = Table(
    "listed_work",
    metadata,
    Column("service", String(16), primary_key=True),
    Column("account_id", String(32), primary_key=True),
    Column("work_id", BigInteger, primary_key=True, autoincrement=False),
    Column("kind", String(8), nullable=False),
    Column("status", String(16), nullable=False),
    Column("vote", SmallInteger, nullable=False),
)
