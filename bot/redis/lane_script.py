"""What the server does for lanes, in Lua: all of it at once, and on its own clock.

Of each lane it keeps: what is on the way (`out`, since when), what was answered (`done`, when) and how much execution
time each left to be owed (`owed`), what else is known (`state`: since when all this is kept, the debt, how many slots
the first window has), and which processes wait (`wait`: how urgent, in which order, and until when they are believed).
What happens is told to all processes in `news`. But for those none of it ends by itself, so that a server that is full
throws out answers and not what limits are kept with. For how long a service is left alone lies beside it
(`bot.redis.rest`).
"""

from __future__ import annotations

from bot.redis.rest import READ_REST

_HEAD = """
local out, done, owed, state, wait, news, alive = KEYS[1], KEYS[2], KEYS[3], KEYS[4], KEYS[5], KEYS[6], KEYS[7]
local lane, me = ARGV[1], ARGV[2]
local lapse_s, longest_s = tonumber(ARGV[3]), tonumber(ARGV[4])
local time = redis.call('TIME')
local now = tonumber(time[1]) + tonumber(time[2]) / 1e6

local function put(number)
  return string.format('%.6f', number)
end

local function tell(...)
  redis.call('XADD', news, 'MAXLEN', '~', '5000', '*', 'd', table.concat({lane, me, ...}, '\\t'))
end

local function read_debt_until()
  return math.min(tonumber(redis.call('HGET', state, 'debt') or '0'), now + 3600)
end

local function owe_until(at)
  if at > math.max(read_debt_until(), now) then
    redis.call('HSET', state, 'debt', put(at), 'debt_at', put(now))
  end
end

local function note_owed(lease, at, owed_s)
  if owed_s > 0 then
    redis.call('ZADD', owed, 'NX', put(at), put(owed_s) .. ' ' .. lease)
  end
end

local function write_count(count)
  redis.call('HSET', state, 'count', count, 'count_till', put(now + 3600))
  tell('c', count)
end

-- What the service said of its limit long ago may not be so any more: each process says what it knows itself.
local function read_count()
  local known = redis.call('HMGET', state, 'count', 'count_till')
  local till = tonumber(known[2] or '0')
  return till > now and till <= now + 3600 and tonumber(known[1])
end

-- Where the clock was set back, what is yet to come is taken to be now.
local function mend(key)
  for _, id in ipairs(redis.call('ZRANGEBYSCORE', key, '(' .. put(now + 1), '+inf')) do
    redis.call('ZADD', key, put(now), id)
  end
end

-- Whose process has died is answered when nobody waits for it any longer.
local function tidy()
  mend(out)
  mend(done)
  mend(owed)
  local known = redis.call('HMGET', state, 'debt', 'debt_at')
  if tonumber(known[2] or '0') > now + 1 then
    redis.call('HSET', state, 'debt', put(now + tonumber(known[1]) - tonumber(known[2])), 'debt_at', put(now))
  end
  local late = redis.call('ZRANGEBYSCORE', out, '-inf', put(now - lapse_s), 'WITHSCORES')
  for i = 1, #late, 2 do
    redis.call('ZREM', out, late[i])
    redis.call('ZADD', done, put(tonumber(late[i + 1]) + lapse_s), late[i])
  end
  for _, key in ipairs({done, owed}) do
    redis.call('ZREMRANGEBYSCORE', key, '-inf', put(now - longest_s - 1))
  end
end

local function debt_us()
  return math.ceil(math.max(0, read_debt_until() - now) * 1e6)
end
"""

TAKE = (
    _HEAD
    + READ_REST
    + """
local priority, more = tonumber(ARGV[5]), ARGV[6]
local concurrency, reserve_s, refuse_s = tonumber(ARGV[7]), tonumber(ARGV[8]), tonumber(ARGV[9])
local windows = tonumber(ARGV[10])
local margin_s = 0.001
tidy()

-- Who waits elsewhere, is still believed to, and comes first.
local mine, ahead, ahead_until = nil, 0, math.huge
local others = {}
local waiting = redis.call('HGETALL', wait)
for i = 1, #waiting, 2 do
  local p, order, till = string.match(waiting[i + 1], '^(%d+) (%d+) ([%d.]+)$')
  if waiting[i] == me then
    mine = tonumber(order)
  elseif tonumber(till) < now or tonumber(redis.call('ZSCORE', alive, waiting[i]) or '0') < now then
    redis.call('HDEL', wait, waiting[i])
  else
    others[#others + 1] = {tonumber(p), tonumber(order), tonumber(till)}
  end
end
local order = mine or redis.call('HINCRBY', state, 'order', 1)
for _, other in ipairs(others) do
  if other[1] < priority or (other[1] == priority and other[2] < order) then
    ahead = ahead + 1
    ahead_until = math.min(ahead_until, other[3])
  end
end

-- What one process has been told to leave alone nobody asks, also who has not heard of it yet.
local rests_until = now
for n = 8, #KEYS do
  rests_until = math.max(rests_until, now + read_rest(KEYS[n]) / 1000)
end

-- When may the next one go, beside so many that are on the way or come first? And is that known?
local debt_until = read_debt_until()
local first_count = read_count()
local function find(before)
  local at, known = rests_until, before < concurrency
  if refuse_s > 0 then
    if before > 0 and reserve_s * before + margin_s >= refuse_s then
      known = false
    else
      at = math.max(at, math.max(debt_until, now) + reserve_s * before - refuse_s + margin_s)
    end
  end
  for i = 1, windows do
    local count, seconds = tonumber(ARGV[9 + 2 * i]), tonumber(ARGV[10 + 2 * i])
    if i == 1 and first_count then
      count = first_count
    end
    local free = count - before
    if free <= 0 then
      known = false
    else
      local latest = redis.call('ZREVRANGE', done, free - 1, free - 1, 'WITHSCORES')
      if latest[2] then
        at = math.max(at, tonumber(latest[2]) + seconds + margin_s)
      end
    end
  end
  return at, known
end

local going, granted = redis.call('ZCARD', out), 0
local at, known = find(going + ahead)
local next_lease = 11 + 2 * windows
-- Where others wait, too, each gets one after the other.
while known and at <= now and ARGV[next_lease] and (granted == 0 or #others == 0) do
  redis.call('ZADD', out, put(now), ARGV[next_lease])
  tell('g', ARGV[next_lease], ARGV[next_lease + 1], ARGV[next_lease + 2], put(now))
  granted = granted + 1
  next_lease = next_lease + 3
  at, known = find(going + granted)  -- who gets more than one is alone
end

local wait_us = 0
if granted > 0 then
  redis.call('HDEL', wait, me)
  if more == '1' or ARGV[next_lease] then
    redis.call('HSET', wait, me, priority .. ' ' .. redis.call('HINCRBY', state, 'order', 1) .. ' ' .. put(now + 0.5))
  end
else
  local till = now + 1.5
  if known then
    till = at + 0.5
    wait_us = math.ceil((at - now) * 1e6)
  elseif ahead > 0 then
    wait_us = math.ceil((math.max(ahead_until - now, 0) + margin_s) * 1e6)
  else
    wait_us = -1
  end
  redis.call('HSET', wait, me, priority .. ' ' .. order .. ' ' .. put(till))
end
return {granted, wait_us, debt_us()}
"""
)
"""Grants some of the leases, or says in how many microseconds to ask again (-1: when something else has happened)."""

END = (
    _HEAD
    + """
local lease, sent, owed_s, held_s, refuse_s = ARGV[5], ARGV[6], tonumber(ARGV[7]), ARGV[8], tonumber(ARGV[9])
tidy()
redis.call('ZREM', out, lease)
if sent == '1' then
  redis.call('ZADD', done, put(now), lease)
  note_owed(lease, now, owed_s)
  owe_until(math.max(read_debt_until(), now) + owed_s)
  owe_until(now + refuse_s)
end
tell('e', lease, ARGV[10], ARGV[11], put(now), sent, put(owed_s), held_s)
return debt_us()
"""
)
"""A request is over. Returns the debt in microseconds."""

WITHDRAW = (
    _HEAD
    + """
if redis.call('HDEL', wait, me) == 1 then
  tell('w')
end
"""
)
"""Nobody waits in this process."""

COUNT = (
    _HEAD
    + """
write_count(ARGV[5])
"""
)
"""The first window has so many slots."""

JOIN = (
    _HEAD
    + """
tidy()
if ARGV[5] ~= '0' then
  write_count(ARGV[5])
end
owe_until(now + tonumber(ARGV[6]))

-- A note says when there was an answer, and not to which request: it is known if one is kept of about that time.
local kept, next_kept = {}, 1
local function list_kept(key, later_s)
  local told = redis.call('ZRANGE', key, 0, -1, 'WITHSCORES')
  for n = 2, #told, 2 do
    kept[#kept + 1] = tonumber(told[n]) + later_s
  end
end
list_kept(done, 0)
list_kept(out, lapse_s)
local function is_kept(at)
  while kept[next_kept] and kept[next_kept] < at - lapse_s do
    next_kept = next_kept + 1
  end
  local found = kept[next_kept] and kept[next_kept] <= at + lapse_s
  next_kept = found and next_kept + 1 or next_kept
  return found
end

local going, i = {}, 8
for _ = 1, tonumber(ARGV[7]) do
  local lease, person, flags, since_s = ARGV[i], ARGV[i + 1], ARGV[i + 2], now - tonumber(ARGV[i + 3])
  going[lease] = true
  if not redis.call('ZSCORE', out, lease) then
    redis.call('ZADD', out, put(since_s), lease)
    tell('g', lease, person, flags, put(since_s))
  end
  i = i + 4
end
local forgot = redis.call('HSETNX', state, 'since', put(now)) == 1
i = i + 1
for _ = 1, tonumber(ARGV[i - 1]) do
  local lease, at, certain = ARGV[i], now - tonumber(ARGV[i + 1]), ARGV[i + 2] == '1'
  if (certain and not is_kept(at)) or (forgot and not certain) then
    redis.call('ZADD', done, put(at), lease)
    tell('e', lease, '', '', put(at), '1', '0', '0')
  end
  i = i + 3
end
while ARGV[i] do
  local lease, at, owed_s = ARGV[i], now - tonumber(ARGV[i + 3]), tonumber(ARGV[i + 4])
  redis.call('ZREM', out, lease)
  note_owed(lease, at, owed_s)  -- also of one that lapsed: nobody has told yet what it cost
  if not redis.call('ZSCORE', done, lease) then
    redis.call('ZADD', done, put(at), lease)
    -- What is owed of it each hears with their next lease: told late it cannot be added to what they know.
    tell('e', lease, ARGV[i + 1], ARGV[i + 2], put(at), '1', '0', ARGV[i + 5])
  end
  i = i + 6
end
-- Added up in the order in which it was booked, and not in that of telling: between two a debt may have been paid off.
local debt_until, booked = 0, redis.call('ZRANGE', owed, 0, -1, 'WITHSCORES')
for n = 1, #booked, 2 do
  debt_until = math.max(debt_until, tonumber(booked[n + 1])) + tonumber(string.match(booked[n], '^%S+'))
end
owe_until(debt_until)
-- What was granted while nobody listened any more.
for _, lease in ipairs(redis.call('ZRANGE', out, 0, -1)) do
  if not going[lease] and string.sub(lease, 1, #me + 1) == me .. ':' then
    redis.call('ZREM', out, lease)
    tell('e', lease, '', '', put(now), '0', '0', '0')
  end
end
redis.call('HDEL', wait, me)
return {read_count() or 0, debt_us()}
"""
)
"""A process is there, or there again: what it has on its way, what a note says was answered to earlier processes (the
oldest first; not certain is what they may have sent since), and what was answered to itself, each with its age. Returns
how many slots the first window has, 0 if nobody has told, and the debt in microseconds.
"""

BEAT = """
local time = redis.call('TIME')
local now = tonumber(time[1]) + tonumber(time[2]) / 1e6
redis.call('ZREMRANGEBYSCORE', KEYS[1], '-inf', string.format('%.6f', now))
redis.call('ZREMRANGEBYSCORE', KEYS[1], string.format('%.6f', now + 60), '+inf')  -- said before the clock was set back
if tonumber(ARGV[2]) == 0 then
  redis.call('ZREM', KEYS[1], ARGV[1])
else
  local till = math.min(tonumber(ARGV[3]), now) + tonumber(ARGV[2])
  till = math.max(till, tonumber(redis.call('ZSCORE', KEYS[1], ARGV[1]) or '0'))
  redis.call('ZADD', KEYS[1], string.format('%.6f', till), ARGV[1])
end
redis.pcall('XTRIM', KEYS[2], 'MINID', string.format('%.0f', (now - tonumber(ARGV[4])) * 1000))  -- none before 6.2
redis.call('EXPIRE', KEYS[2], math.ceil(ARGV[4]))  -- where nobody is left to forget them
local told = redis.call('ZRANGE', KEYS[1], 0, -1, 'WITHSCORES')
table.insert(told, 1, string.format('%.6f', now))
return told
"""
"""A process lives so many seconds more, as it said at some time, and news older than so many are forgotten.
Returns the time, and who lives till when."""
