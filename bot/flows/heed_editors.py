"""What editors do in their channel: they press a button below a draft, or answer it with the text it should have."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime

from bot.brand import Brand
from bot.campaigns.approval import EditorPress, read_press
from bot.conversation.wording import TextKey, Wording
from bot.flows.decide_drafts import Decided, approve, reject, rewrite
from bot.flows.find_button import find_button, find_own
from bot.flows.reply_rows import Addressee, reply_rows
from bot.messages import ButtonPressed, Event, IncomingMessage, PersonRef, ReactionGiven, Span
from bot.ports.platform import PlatformLimits
from bot.ports.store import UnitOfWork


async def heed_editors(
    event: Event, *, brand: Brand, limits: Mapping[str, PlatformLimits], work: UnitOfWork, now: datetime
) -> str:
    """Do what an event in the editors' channel asks for; return what the one who pressed a button is told, or "".

    Only the brand's own people may decide, by their platform id: an anonymous administrator shows none.
    """
    if isinstance(event, IncomingMessage):
        await _take_text(event, brand=brand, limits=limits, work=work, now=now)
    if not isinstance(event, ButtonPressed | ReactionGiven):
        return ""
    button_id = await find_button(event, work=work)
    press = None if button_id is None else read_press(button_id)
    wording = Wording(brand.languages[0])
    if press is None:
        return wording.text(TextKey.CHOICE_IS_OLD)
    who = name_editor(event.author.ref, brand)
    if who is None:
        return wording.text(TextKey.NOT_AN_EDITOR)
    return await _decide(press, who, wording, brand=brand, work=work, now=now)


async def _decide(
    press: EditorPress, who: str, wording: Wording, *, brand: Brand, work: UnitOfWork, now: datetime
) -> str:
    match press.act:
        case "edit":
            return wording.text(TextKey.DRAFT_HOW_TO_EDIT)
        case "approve":
            decided = await approve(press.share_id, press.version, by=who, brand=brand, work=work, now=now)
            key = TextKey.DRAFT_APPROVED
        case "reject":
            decided = await reject(press.share_id, press.version, by=who, why="", brand=brand, work=work, now=now)
            key = TextKey.DRAFT_REJECTED
    return wording.text(key, by=who) if decided.ok else _say_refusal(decided, wording)


def name_editor(person: PersonRef, brand: Brand) -> str | None:
    """Return what an editor is called; None for whoever is none of the brand's people."""
    return next((key.capitalize() for key, accounts in brand.people.items() if person in accounts), None)


def _say_refusal(decided: Decided, wording: Wording) -> str:
    match decided.refusal:
        case "outdated":
            return wording.text(TextKey.DRAFT_CHANGED, version=str(decided.version))
        case "decided":
            return wording.text(TextKey.DRAFT_DECIDED)
        case "expired":
            return wording.text(TextKey.DRAFT_EXPIRED)
        case _:
            return wording.text(TextKey.CHOICE_IS_OLD)


async def _take_text(
    event: IncomingMessage, *, brand: Brand, limits: Mapping[str, PlatformLimits], work: UnitOfWork, now: datetime
) -> None:
    """Take an answer to a draft as its new text; everything else said here is between the editors."""
    shown = None if event.reply_to is None else await find_own(event.reply_to, work=work)
    draft = None if shown is None else await work.drafts.find_announced(shown.text_id or shown.id)
    who = name_editor(event.author.ref, brand)
    if draft is None:
        return
    wording = Wording(brand.languages[0])
    if who is None:
        said = wording.text(TextKey.NOT_AN_EDITOR)
    else:
        rewritten = await rewrite(
            draft.share_id, draft.version, event.text, by=who, brand=brand, limits=limits, work=work, now=now
        )
        if rewritten.ok:
            return
        said = _say_refusal(rewritten, wording) if rewritten.refusal else rewritten.reason
    platform_limits = limits.get(event.channel.platform)
    if platform_limits is not None:
        to = Addressee.of(event, None)
        await work.outbox.add(reply_rows(to, (Span(text=said),), limits=platform_limits, now=now))
