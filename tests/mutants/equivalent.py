"""Faults that change nothing that anybody could notice, each with the reason."""
# ruff: noqa: E501 - the name of a fault stands on one line

from __future__ import annotations

from collections.abc import Mapping

EQUIVALENT: Mapping[str, Mapping[str, str]] = {
    "bot/http/ask.py": {
        "Priority.BACKGROUND: 3 -> 4": "only the order of the priorities counts",
    },
    "bot/http/circuit.py": {
        "Circuit.__init__.self.timed_out: False -> True": "it is read after a failure, which sets it",
    },
    "bot/http/client.py": {
        "Client.close: await asyncio.gather(*refreshes, return_exceptions=True) -> pass": "closing the flights waits for the same tasks",
        "Client.peek.stale: age_s > entry.fresh_s -> age_s >= entry.fresh_s": "a refresh is tried, and fails, after that moment only",
    },
    "bot/http/lane.py": {
        "Lane._refuse: self._remove(waiter) -> pass": "who waited leaves the queue as soon as it runs",
        "Lane.__init__.self._stamps.maxlen.default: 0 -> 1": "without a window nobody looks at the times of answers",
    },
    "bot/http/share.py": {
        "_wait_until: held <= limit -> held < limit": "no sum of floats meets the limit, which has a margin",
    },
    "bot/http/throttle.py": {
        "Throttle.strike.backoff_s: 10 -> 11": "it keeps the power small; the longest pause is reached before",
    },
    "bot/http/time_account.py": {
        "Ledger.ready_at: pending_debt_s + _MARGIN_S >= account.refuse_at_s -> pending_debt_s + _MARGIN_S > account.refuse_at_s": "no sum of floats meets the limit, which has a margin",
    },
    "bot/http/transport.py": {
        "_CHUNK_BYTES: 64 -> 65": "in what pieces a body comes does not show in it",
        "_CHUNK_BYTES: 1024 -> 1025": "in what pieces a body comes does not show in it",
        "AiohttpTransport._read_body: 0 -> 1": "a length that is not told is compared with a limit of thousands",
    },
    "bot/http/shared_lane.py": {
        "_AT_ONCE: 16 -> 17": "how many are asked for at once is a bound",
        "SharedLane.__init__.self._alone: 1 -> 2": "whoever starts is told before it is read",
        "SharedLane.__init__.self._alone: 0.0 -> 1.0": "whoever starts is told before it is read",
    },
    "bot/redis/cache.py": {
        "_UNDELETED: 1000 -> 1001": "how many are remembered is a bound of memory",
        "RedisCache._parse.entry: 0.0 -> 1.0": "when it was stored is set before it is given to anybody",
        "_LATE_S: 1.0 -> 2.0": "how far a clock may be set back unnoticed is a bound of the error",
        "_MARK: return 1: 1 -> 2": "nobody reads whether it was there",
        "_MARK: if redis.call('GETRANGE', KEYS[1], 0, 7) ~= ARGV[1] then return 0 end: 0 -> 1 (no. 2)": "nobody reads whether it was there",
    },
    "bot/redis/connection.py": {
        "CONNECTIONS: 16 -> 17": "how many there are at most is a bound",
        "SILENT_S: 10.0 -> 11.0": "who forgets a silent connection does so after minutes",
        "_LOOKS: 20 -> 21": "it is more than enough",
        "_NET_S: 2.0 -> 3.0": "another limit holds what is asked",
        "_CLOSE_WITHIN_S: 0.5 -> 1.5": "it is a bound of what mostly takes no time",
        "_build_tls: context.get() -> pass": "the first connection does it as well",
        "_build_pool.max_connections: 2 -> 3": "how many there are at most is a bound",
        "Redis.knock: 0.0 -> 1.0": "who knocks twice finds the same",
        "Script.__init__.self._sha.usedforsecurity: False -> True": "it matters where SHA-1 is forbidden alone",
        "_explain: 200 -> 201": "how much is quoted is a bound",
    },
    "bot/redis/flight.py": {
        "SharedFlights.__init__.self._owner: 8 -> 9": "a longer name tells the same processes apart",
        "SharedFlights.begin.lease: 1000 -> 1001": "nobody counts on three thousandths of three seconds",
        "SharedFlights._go_on: 1000 -> 1001": "nobody counts on three thousandths of three seconds",
        "_RENEW: return 1: 1 -> 2": "nobody reads what it returns",
        "_CLAIM: if lease < ARGV[5] then return 0 end: < -> <=": "a lease is longer than a priority, and never the same",
    },
    "bot/redis/lane.py": {
        "_LISTEN_S: 1.0 -> 2.0": "it asks again after that, whatever it heard",
        "_BATCH: 500 -> 501": "what does not fit is read next",
        "_MICRO: 1000000.0 -> 1000001.0": "a millionth of a wait is nothing",
        "LaneBook.__init__.self.process: 6 -> 7": "a longer name tells the same processes apart",
        "LaneBook.__init__.self._offset_s: 0.0 -> 1.0": "until the server's clock is known any is as good",
        "LaneBook.__init__.self._others: 0 -> 1": "who joins sets it before it is read",
        "LaneBook.__init__.self._settles_at: 0.0 -> 1.0": "who joins sets it before it is read",
        "LaneBook.__init__.self._back_at: 0.0 -> 1.0": "who joins sets it before it is read",
        "LaneBook.__init__.self._joined_at: 0.0 -> 1.0": "who joins sets it before it is read",
        "LaneBook._longest_s.default: 0.0 -> 1.0": "without a lane nothing is told that could be forgotten",
        "LaneBook._is_settled.back: until >= since -> until > since": "no two times of a clock in floats meet",
        "LaneBook._is_settled: self.clock.monotonic() >= self._settles_at -> self.clock.monotonic() > self._settles_at": "no two times of a clock in floats meet",
        "LaneBook._listen.command: 1000 -> 1001": "it asks again after that, whatever it heard",
        "RedisLeases.take.limits: 0 -> 1": "without a limit of the debt nobody asks what is kept of it",
        "RedisLeases.take.limits: 0 -> 1 (no. 2)": "without an account there is no debt",
        "RedisLeases.end: self._ended[0].at < now - self.longest_s -> self._ended[0].at <= now - self.longest_s": "no two times of a clock in floats meet",
        "RedisLeases.join.self._noted: now - one.at < self.longest_s -> now - one.at <= self.longest_s": "no two times of a clock in floats meet",
    },
    "bot/redis/lane_script.py": {
        "_HEAD: return math.min(tonumber(redis.call('HGET', state, 'debt') or '0'), now + 3600): 3600 -> 3601": "an hour is a bound of an error",
        "_HEAD: redis.call('HSET', state, 'count', count, 'count_till', put(now + 3600)): 3600 -> 3601": "what is believed for an hour may be for a second more",
        "_HEAD: for _, id in ipairs(redis.call('ZRANGEBYSCORE', key, '(' .. put(now + 1), '+inf')) do: 1 -> 2": "how far in the future counts is a bound of an error",
        "_HEAD: redis.call('ZREMRANGEBYSCORE', key, '-inf', put(now - longest_s - 1)): - -> + (no. 2)": "what no longer counts may lie there for a moment more",
        "_HEAD: redis.call('ZREMRANGEBYSCORE', key, '-inf', put(now - longest_s - 1)): 1 -> 2": "what no longer counts may lie there for a moment more",
        "_HEAD: if at > math.max(read_debt_until(), now) then: > -> >=": "what is owed already may be written down again",
        "_HEAD: return till > now and till <= now + 3600 and tonumber(known[1]): 3600 -> 3601": "how far in the future counts is a bound of an error",
        "_HEAD: return till > now and till <= now + 3600 and tonumber(known[1]): <= -> <": "no two times of a clock in microseconds meet",
        "TAKE: rests_until = math.max(rests_until, now + read_rest(KEYS[n]) / 1000): 1000 -> 1001": "a thousandth of a rest is less than a message takes",
        "JOIN: list_kept(done, 0): 0 -> 1": "a second makes it no other time",
        "JOIN: while kept[next_kept] and kept[next_kept] < at - lapse_s do: < -> <=": "no two times of a clock in microseconds meet",
        "JOIN: local found = kept[next_kept] and kept[next_kept] <= at + lapse_s: <= -> <": "no two times of a clock in microseconds meet",
        "JOIN: local debt_until, booked = 0, redis.call('ZRANGE', owed, 0, -1, 'WITHSCORES'): 0 -> 1": "both are long ago",
        "BEAT: redis.call('ZREMRANGEBYSCORE', KEYS[1], string.format('%.6f', now + 60), '+inf'): 60 -> 61": "how far in the future counts is a bound of an error",
        "TAKE: if refuse_s > 0 then: 0 -> 1": "no service refuses at a second of debt",
        "TAKE: if before > 0 and reserve_s * before + margin_s >= refuse_s then: > -> >=": "nothing of nothing is no debt",
        "TAKE: if before > 0 and reserve_s * before + margin_s >= refuse_s then: >= -> >": "no sum of floats meets the limit, which has a margin",
        "TAKE: local latest = redis.call('ZREVRANGE', done, free - 1, free - 1, 'WITHSCORES'): - -> + (no. 2)": "only the first of them is read",
        "TAKE: local order = mine or redis.call('HINCRBY', state, 'order', 1): 1 -> 2": "only the order of the numbers counts",
        "_HEAD: if owed_s > 0 then: > -> >=": "to owe nothing changes no debt",
        "_HEAD: return till > now and till <= now + 3600 and tonumber(known[1]): > -> >=": "no two times of a clock in microseconds meet",
        "TAKE: elseif tonumber(till) < now or tonumber(redis.call('ZSCORE', alive, waiting[i]) or '0') < now then: < -> <=": "no two times of a clock in microseconds meet",
        "TAKE: elseif tonumber(till) < now or tonumber(redis.call('ZSCORE', alive, waiting[i]) or '0') < now then: < -> <= (no. 2)": "no two times of a clock in microseconds meet",
        "TAKE: if other[1] < priority or (other[1] == priority and other[2] < order) then: < -> <= (no. 2)": "no two have one place in the order",
    },
    "bot/redis/rest.py": {
        "SharedRests._rest: for_s <= 0 -> for_s < 0": "nobody is told of a rest of no time",
        "SharedRests._catch_up.self._until: until > now -> until >= now": "no two times of a clock in floats meet",
        "SharedRests._catch_up: 1000 -> 1001": "a thousandth of a rest is less than a message takes",
        "SharedRests._catch_up.strict: True -> False": "the script answers for each",
        "_STRIKE: local now = time[1] * 1000 + math.floor(time[2] / 1000): 1000 -> 1001": "nobody counts on a thousandth of an hour",
        "_STRIKE: return first and now - first < tonumber(ARGV[2]) and 1 or 0: < -> <=": "nobody counts on a thousandth of a second of an hour",
        "_TELL: if read_rest(KEYS[1]) + 100 >= tonumber(ARGV[1]) then return 0 end: 100 -> 101": "a thousandth of a second is less than a message takes",
        "_TELL: if read_rest(KEYS[1]) + 100 >= tonumber(ARGV[1]) then return 0 end: 0 -> 1": "nobody reads what it returns",
        "_TELL: return 1: 1 -> 2": "nobody reads what it returns",
    },
    "bot/gate/chosen.py": {
        "Chosen.__hash__: without self.lost": "what differs may have the same hash",
    },
    "bot/service/ban.py": {
        "_ASCII: 128 -> 129": "a letter more in a table for texts that have none like it",
    },
    "bot/links/markdown.py": {
        "_find_addresses: position < len(text) -> position <= len(text)": "at the end nothing is found, and reading ends there",
        "_find_addresses.limit: end >= 0 -> end > 0": "a spoiler ends behind its beginning, never at 0",
        "_find_addresses.limit: 0 -> 1": "a spoiler ends behind its beginning, never at 0",
        "_Code.find_end: closing >= 0 -> closing > 0": "code ends behind its beginning, never at 0",
        "_Code.find_end: 0 -> 1": "code ends behind its beginning, never at 0",
        "_Code.find_end: starts[-1] < end -> starts[-1] <= end": "no run of backticks begins where another ends",
    },
    "bot/links/target.py": {
        "parse_search_link.found.maxsplit: 1 -> 2": "what stands before the first separator is the same",
        "_read_typed.target.maxsplit: 1 -> 2": "what stands before the first separator is the same",
    },
    "bot/follow/record.py": {
        "FollowRecords.refuse_notice.counted_s: 0 -> 1": "a second of 1970 is as long ago as the one before it",
        "FollowRecords.refuse_notice.counted_s: 0 -> 1 (no. 2)": "a second of 1970 is as long ago as the one before it",
        "FollowRecords.keep_notices.known: without row.key": "to add what is there already does nothing",
    },
    "bot/vndb/api/random.py": {
        "_digest.digest_size: 16 -> 17": "a longer digest tells the same filters apart",
        "RandomDraw._draw_numbers.size: 0 -> 1": "without a filter a hundred numbers have room either way",
        "RandomDraw.draw: break -> continue": "what is there needs no filling the next times either",
    },
}
"""Reasons by the name of the fault, by file."""
