"""A draft on its way to the editors: the version that is kept, and the message that shows it in their channel."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from datetime import datetime

from bot.brand import Brand, Community
from bot.campaigns.approval import EditorAct, EditorPress
from bot.conversation.wording import TextKey, Wording
from bot.delivery.fit import fit
from bot.ids import new_id
from bot.messages import Button, Span
from bot.ports.platform import PlatformLimits
from bot.ports.records import Body, Draft, Queued, Share
from bot.ports.store import UnitOfWork

_BUTTONS: tuple[tuple[EditorAct, TextKey, str], ...] = (
    ("approve", TextKey.APPROVE, "✅"),
    ("edit", TextKey.EDIT, "✏️"),
    ("reject", TextKey.REJECT, "❌"),
)


async def show_draft(
    share: Share,
    body: Body,
    *,
    version: int,
    revision: int,
    brand: Brand,
    limits: Mapping[str, PlatformLimits],
    work: UnitOfWork,
    now: datetime,
) -> Draft:
    """Keep a version of what a share says, show it to the editors and let the share wait for them."""
    community = brand.communities[share.community]
    draft = Draft(
        share_id=share.id,
        version=version,
        body=body,
        revision=revision,
        state="waiting",
        asked_at=now,
        expires_at=now + community.approve_within,
        announced_as=None,
    )
    messages = _announcement(draft, share, community, limits.get(community.platform), now)
    if messages:
        draft = replace(draft, announced_as=messages[0].id)
        await work.outbox.add(messages)
    await work.drafts.add(draft)
    reason = f"version {version} waits for the editors"
    await work.shares.move(share.id, "awaiting_approval", reason=reason, until=draft.expires_at, at=now)
    return draft


async def close_announcement(draft: Draft, said: str, *, work: UnitOfWork, now: datetime) -> None:
    """Take the buttons from the message that shows a draft, and write below it what became of it."""
    shown = None if draft.announced_as is None else await work.outbox.get(draft.announced_as)
    if shown is None or shown.message_id is None:
        return
    await work.outbox.add(
        [
            Queued(
                id=new_id(now),
                community=None,
                channel=shown.channel,
                kind="edit",
                body=Body(spans=(*shown.body.spans, Span(text=f"\n\n{said}", style="italic")), card=shown.body.card),
                created_at=now,
                target=shown.message_id,
            )
        ]
    )


def _announcement(
    draft: Draft, share: Share, community: Community, limits: PlatformLimits | None, now: datetime
) -> tuple[Queued, ...]:
    """Return the messages that show a draft; () where the editors have no channel, or their platform does not run.

    The first one carries the buttons. The text is what will be posted, character by character, below a line that says
    what it is.
    """
    if community.editors is None or limits is None:
        return ()
    wording = Wording(community.language)
    expires = draft.expires_at.astimezone(community.timezone).strftime("%Y-%m-%d %H:%M")
    heading = wording.text(
        TextKey.DRAFT_TITLE,
        community=community.key,
        campaign=share.campaign or "announce",
        version=str(draft.version),
        expires=expires,
    )
    buttons = tuple(
        Button(
            id=EditorPress(act=act, share_id=share.id, version=draft.version).write(),
            label=wording.text(key),
            sign=sign,
        )
        for act, key, sign in _BUTTONS
    )
    # the heading alone on top, so that a text of the longest length is not cut otherwise than when it is posted
    parts = ((Span(text=heading, style="bold"),), *fit(draft.body.spans, limits))
    ids = [new_id(now) for _ in parts]
    return tuple(
        Queued(
            id=part_id,
            community=None,
            channel=community.editors,
            kind="reply",
            body=Body(
                spans=spans,
                card=draft.body.card if part_id == ids[-1] else None,
                buttons=buttons if part_id == ids[0] else (),
            ),
            created_at=now,
            text_id=ids[0],
        )
        for part_id, spans in zip(ids, parts, strict=True)
    )
