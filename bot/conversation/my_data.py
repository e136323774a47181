"""What /mydata shows: everything kept about a member, in a form that can be read in a chat."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any
from zoneinfo import ZoneInfo

from bot.brand import Brand
from bot.conversation.commands import is_offered, name_in
from bot.conversation.wording import TextKey, Wording
from bot.messages import Span

#: How many questions are shown word for word, the newest.
_QUESTIONS = 20

Rows = tuple[Mapping[str, Any], ...]


def compose_my_data(
    kept: Mapping[str, Rows], *, brand: Brand, zone: ZoneInfo, wording: Wording
) -> tuple[Span, ...]:  # fmt: skip
    """Return it; `kept` is as `bot.flows.forget_member.hand_over` gives it, `zone` that of the days shown."""
    questions = tuple(row for row in kept["questions"] if row["command"] != "mydata")
    if not (kept["member"] or kept["events"] or kept["toward_them"] or questions):
        return (Span(text=wording.text(TextKey.MY_DATA_NOTHING)),)
    said = [*_say_member(kept["member"], wording), *_say_events(kept["events"], zone, wording)]
    if kept["toward_them"]:
        said.append(wording.text(TextKey.MY_DATA_TOWARD, count=len(kept["toward_them"])))
    if kept["ratings"]:
        said.append(wording.text(TextKey.MY_DATA_RATINGS, count=len(kept["ratings"])))
    if kept["messages_to_them"]:
        said.append(wording.text(TextKey.MY_DATA_MESSAGES, count=len(kept["messages_to_them"])))
    newest = sorted(questions, key=lambda row: row["asked_at"])[-_QUESTIONS:]
    said += [
        wording.text(
            TextKey.MY_DATA_QUESTION, day=row["asked_at"].astimezone(zone).date().isoformat(), text=row["text"]
        )
        for row in newest
        if row["text"]
    ]
    if is_offered("forgetme", brand):
        said.append(wording.text(TextKey.MY_DATA_ALL, forgetme=name_in(wording.language, "forgetme")))
    return (
        Span(text=wording.text(TextKey.MY_DATA_TITLE), style="bold"),
        Span(text="".join(f"\n• {sentence}" for sentence in said)),
    )


def _say_member(rows: Rows, wording: Wording) -> Iterator[str]:
    for row in rows:
        consent = {"in": TextKey.MY_DATA_CONSENT_IN, "out": TextKey.MY_DATA_CONSENT_OUT}
        yield wording.text(consent.get(row["consent"], TextKey.MY_DATA_CONSENT_UNKNOWN))
        if row["name"]:
            yield wording.text(TextKey.MY_DATA_NAME, name=row["name"])
        if row["language"]:
            yield wording.text(TextKey.MY_DATA_LANGUAGE, language=row["language"])


def _say_events(rows: Rows, zone: ZoneInfo, wording: Wording) -> Iterator[str]:
    if rows:
        days = sorted(row["happened_at"].astimezone(zone).date().isoformat() for row in rows)
        messages = sum(row["kind"] == "message" for row in rows)
        yield wording.text(
            TextKey.MY_DATA_EVENTS, messages=messages, others=len(rows) - messages, first=days[0], last=days[-1]
        )
