"""The short phrases of the file: `when:`, durations, quiet hours, caps, backlog. Text to `bot.brand` data, pure.

Every function raises ValueError whose text says what is accepted. When the moments of a schedule come is the business
of `bot.campaigns.slots`.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from datetime import date, datetime, time, timedelta
from typing import Literal
from zoneinfo import ZoneInfo

from bot.brand import AsPublished, AtTimes, Backlog, BestTime, Cap, Cron, Every, Once, QuietHours, When
from bot.config.suggest import did_you_mean

_UTC = ZoneInfo("UTC")
_ALL_DAYS = frozenset(range(7))
_WORKING_DAYS = frozenset(range(5))
_DAY_NAMES = (
    ("monday", "senin"),
    ("tuesday", "selasa"),
    ("wednesday", "rabu"),
    ("thursday", "kamis"),
    ("friday", "jumat"),
    ("saturday", "sabtu"),
    ("sunday", "minggu"),
)
_SHORT_NAMES = ("mon", "tue", "wed", "thu", "fri", "sat", "sun")

#: Weekdays by word, English and Indonesian alike; 0 is Monday.
_DAYS: Mapping[str, frozenset[int]] = {
    **{name: frozenset({day}) for day, names in enumerate(_DAY_NAMES) for name in names},
    **{name: frozenset({day}) for day, name in enumerate(_SHORT_NAMES)},
    "jum'at": frozenset({4}),
    "ahad": frozenset({6}),
    **dict.fromkeys(("day", "daily", "everyday", "hari"), _ALL_DAYS),
    **dict.fromkeys(("weekdays", "weekday", "harikerja"), _WORKING_DAYS),
    **dict.fromkeys(("weekends", "weekend", "akhirpekan"), _ALL_DAYS - _WORKING_DAYS),
}
_EVERY = frozenset({"every", "each", "setiap", "tiap", "on", "at", "and", "dan", "pada", "pukul", "jam"})
_UNITS: Mapping[str, timedelta] = {
    **dict.fromkeys(("s", "sec", "second", "seconds", "detik"), timedelta(seconds=1)),
    **dict.fromkeys(("m", "min", "minute", "minutes", "menit"), timedelta(minutes=1)),
    **dict.fromkeys(("h", "hour", "hours", "jam"), timedelta(hours=1)),
    **dict.fromkeys(("d", "day", "days", "hari"), timedelta(days=1)),
    **dict.fromkeys(("w", "week", "weeks", "minggu"), timedelta(weeks=1)),
}
_LONGEST = timedelta(days=3660)
_SHORTEST_INTERVAL = timedelta(minutes=1)
_WHEN_HINT = (
    'write "weekdays 09:00", "monday,thursday 09:00,17:00", "every 6h", as_published, best_time, '
    '{cron: "0 9 * * mon-fri"} or a moment such as "2026-12-24 09:00"'
)
_CRON_FIELDS = 5


def parse_when(value: object, *, zone: ZoneInfo = _UTC) -> When:
    """Read a `when:`; `zone` gives its meaning to a one-off moment written without an offset.

    Takes text, or a mapping with the one key `cron`.
    """
    if isinstance(value, Mapping):
        if set(value) != {"cron"} or not isinstance(value["cron"], str):
            raise ValueError(f"`when` as a mapping has the one key `cron`; {_WHEN_HINT}")
        return parse_cron(value["cron"])
    if not isinstance(value, str) or not value.strip():
        raise ValueError(f"this is no schedule; {_WHEN_HINT}")
    text = " ".join(value.lower().split())
    if text == "as_published":
        return AsPublished()
    if text.startswith("best_time"):
        return _parse_best_time(text.removeprefix("best_time"))
    if re.match(r"\d{4}-\d\d-\d\d", text):
        return Once(at=_parse_moment(value.strip(), zone))
    interval = re.fullmatch(r"(?:every|setiap|tiap) (\d[\w ]*)", text)
    if interval:
        return Every(interval=parse_interval(interval[1]))
    return _parse_times(text)


def _parse_moment(text: str, zone: ZoneInfo) -> datetime:
    try:
        moment = datetime.fromisoformat(text)
    except ValueError:
        raise ValueError(f'"{text}" is no date and time; write it like "2026-12-24 09:00"') from None
    if len(text) <= len("2026-12-24"):
        raise ValueError(f'"{text}" has no time of day; write it like "{text} 09:00"')
    return moment if moment.tzinfo is not None else moment.replace(tzinfo=zone)


def _parse_times(text: str) -> AtTimes:
    words = _words_of(text)
    days: set[int] = set()
    times: list[time] = []
    for word in words:
        if word[0].isdigit():
            times.append(_parse_time(word))
        elif times:
            raise ValueError(f'"{word}" stands after a time; write the days first, then the times; {_WHEN_HINT}')
        elif word not in _EVERY:
            days |= _parse_days(word)
    if not times:
        raise ValueError(f"no time of day is given; {_WHEN_HINT}")
    return AtTimes(weekdays=frozenset(days) or _ALL_DAYS, times=tuple(sorted(set(times))))


def _parse_best_time(text: str) -> BestTime:
    """Read what stands after `best_time`: days, then `between 08:00-20:00`, both optional."""
    days_text, _, hours = re.sub(r"\bantara\b", "between", text).partition("between")
    days: set[int] = set()
    for word in _words_of(days_text):
        if word not in _EVERY:
            days |= _parse_days(word)
    between = None
    if hours.strip():
        start, dash, end = hours.replace("\N{EN DASH}", "-").partition("-")
        if not dash:
            raise ValueError(f'"{hours.strip()}" is no span of the day; write it like best_time between 08:00-20:00')
        between = _parse_time(start.strip()), _parse_time(end.strip())
    elif "between" in text or "antara" in text:
        raise ValueError("between which times? write it like best_time between 08:00-20:00")
    return BestTime(weekdays=frozenset(days) or _ALL_DAYS, between=between)


def _words_of(text: str) -> list[str]:
    return re.findall(r"[^\s,]+", text.replace("hari kerja", "harikerja").replace("akhir pekan", "akhirpekan"))


def _parse_days(word: str) -> frozenset[int]:
    if word in _DAYS:
        return _DAYS[word]
    first, dash, last = word.partition("-")
    if dash and all(len(_DAYS.get(name, ())) == 1 for name in (first, last)):
        (start,), (end,) = _DAYS[first], _DAYS[last]
        return frozenset((start + step) % 7 for step in range((end - start) % 7 + 1))
    guess = did_you_mean(word, [name for name in _DAYS if name not in ("harikerja", "akhirpekan")])
    raise ValueError(f'"{word}" is no day; {guess or _WHEN_HINT}')


def _parse_time(word: str) -> time:
    match = re.fullmatch(r"(\d{1,2})[:.](\d\d)", word)
    if match is None or int(match[1]) > 23 or int(match[2]) > 59:  # noqa: PLR2004 - hours and minutes of a day
        raise ValueError(f'"{word}" is no time of day; write hours and minutes, 00:00 to 23:59, such as 09:00')
    return time(int(match[1]), int(match[2]))


def parse_share(value: object) -> float:
    """Read a share of something, such as 10%, as a number from 0 to 1, 1 excluded."""
    match = re.fullmatch(r"(\d{1,2}(?:\.\d+)?) ?%", str(value).strip())
    if match is None:
        raise ValueError(f'"{value}" is no share; write a percentage below 100%, such as 10%')
    return float(match[1]) / 100


def parse_cron(expression: str) -> Cron:
    """Read a five-field cron expression, names and L and # included; one that never comes is refused."""
    from cronsim import CronSim, CronSimError  # noqa: PLC0415 - few files have a cron; start-up stays light

    expression = " ".join(expression.split())
    if len(expression.split(" ")) != _CRON_FIELDS:
        raise ValueError(f'"{expression}" must have five fields: minute hour day-of-month month weekday')
    try:
        next(CronSim(expression, datetime(2000, 1, 1)))  # noqa: DTZ001 - cron speaks of wall time; the zone comes later
    except CronSimError as error:
        what = str(error).removeprefix("Bad ")
        raise ValueError(f'the {what} of cron "{expression}" is not valid; fields are numbers, names, *, - / and ,')  # noqa: B904 - the library's own words add nothing
    except StopIteration:
        raise ValueError(f'cron "{expression}" never comes') from None
    return Cron(expression=expression)


def parse_interval(text: str) -> timedelta:
    """Read the interval of `every 6h`: a duration of a minute or more."""
    interval = parse_duration(text)
    if interval < _SHORTEST_INTERVAL:
        raise ValueError("an interval is at least 1m")
    return interval


def parse_duration(value: object) -> timedelta:
    """Read a duration such as `15m`, `3h` or `7d`; `1h30m` works too."""
    text = value.replace(" ", "").lower() if isinstance(value, str) else ""
    parts = re.findall(r"([0-9]{1,9})([a-z]+)", text)
    if not parts or "".join(map("".join, parts)) != text or any(unit not in _UNITS for _, unit in parts):
        raise ValueError(f'"{value}" is no duration; write a number and s, m, h, d or w, such as 15m, 3h or 7d')
    try:
        total = sum((int(number) * _UNITS[unit] for number, unit in parts), timedelta(0))
    except OverflowError:
        total = timedelta.max
    if total > _LONGEST:
        raise ValueError(f'"{value}" is longer than ten years')
    return total


def parse_wait(value: object) -> timedelta:
    """Read a duration; `none` is none at all."""
    if isinstance(value, str) and value.strip().lower() == "none":
        return timedelta(0)
    return parse_duration(value)


def parse_quiet_hours(value: object) -> QuietHours | None:
    """Read `21:00-07:00`; `none` has no quiet hours."""
    text = value.strip().lower() if isinstance(value, str) else ""
    if text == "none":
        return None
    start, dash, end = text.replace("\N{EN DASH}", "-").partition("-")
    if not dash:
        raise ValueError(f'"{value}" are no quiet hours; write "21:00-07:00", or none')
    span = QuietHours(start=_parse_time(start.strip()), end=_parse_time(end.strip()))
    if span.start == span.end:
        raise ValueError("quiet hours that end when they begin would be the whole day; write none, or two times")
    return span


def parse_cap(value: object) -> Cap | None:
    """Read `2 per day` or `5 per week`; `none` has no cap."""
    text = " ".join(value.lower().split()) if isinstance(value, str) else ""
    if text == "none":
        return None
    match = re.fullmatch(r"(\d{1,4}) ?(?:per|a|/|x) ?(day|week|hari|minggu|month|bulan)", text)
    if match is None:
        raise ValueError(f'"{value}" is no cap; write "2 per day" or "5 per week"')
    per: Mapping[str, Literal["day", "week"]] = {"day": "day", "hari": "day", "week": "week", "minggu": "week"}
    if match[2] not in per:
        raise ValueError('caps count a day or a week, not a month; write "2 per day" or "5 per week"')
    return Cap(count=int(match[1]), per=per[match[2]])


def parse_if_missed(value: object) -> timedelta | None:
    """Read `skip` (None) or `send_within 3h`."""
    text = " ".join(value.split()) if isinstance(value, str) else ""
    if text == "skip":
        return None
    word, _, rest = text.partition(" ")
    if word != "send_within" or not rest:
        raise ValueError(f'"{value}" is not known here; write skip, or send_within and a time: send_within 3h')
    return parse_duration(rest)


def parse_backlog(value: object) -> Backlog | None:
    """Read `none`, `latest 3` or `since 2026-01-31`."""
    text = " ".join(value.split()) if isinstance(value, str) else ""
    if text == "none":
        return None
    if match := re.fullmatch(r"latest (\d{1,4})", text):
        if int(match[1]) == 0:
            raise ValueError("latest 0 shares nothing old; write none")
        return Backlog(latest=int(match[1]))
    if match := re.fullmatch(r"since (\S+)", text):
        try:
            return Backlog(since=date.fromisoformat(match[1]))
        except ValueError:
            raise ValueError(f'"{match[1]}" is no date; write it like 2026-01-31') from None
    raise ValueError(f'"{value}" is not known here; write none, latest 3, or since 2026-01-31')


def parse_zone(value: object) -> ZoneInfo:
    """Read an IANA time zone such as Asia/Jakarta."""
    from zoneinfo import ZoneInfoNotFoundError, available_timezones  # noqa: PLC0415 - listing zones reads the disk

    if isinstance(value, ZoneInfo):
        return value
    name = value if isinstance(value, str) else ""
    wanted = _ZONE_ALIASES.get(name.upper())
    if wanted is not None:
        raise ValueError(f'"{name}" is no IANA time zone; did you mean "{wanted}"?')
    try:
        if not name or name.lower() in ("localtime", "posixrules"):
            raise ZoneInfoNotFoundError(name)  # noqa: TRY301 - the same refusal as for a name that is not there
        return ZoneInfo(name)
    except (ZoneInfoNotFoundError, ValueError, OSError):
        guess = did_you_mean(name, sorted(available_timezones()))
        raise ValueError(
            f'"{value}" is no time zone; {guess or "write an IANA name such as Asia/Jakarta or Europe/London"}'
        ) from None


#: What people call their time; ambiguous or unknown to the IANA database.
_ZONE_ALIASES: Mapping[str, str] = {"WIB": "Asia/Jakarta", "WITA": "Asia/Makassar", "WIT": "Asia/Jayapura"}
