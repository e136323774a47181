"""What an editor decides about a draft, wherever they do it: in their channel, on the dashboard, on the command line.

Only what was approved goes on to the outbox, and only when its community welcomes it.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import datetime

from bot.brand import Brand
from bot.campaigns.approval import Refusal, refuse_decision
from bot.campaigns.render import refuse_text
from bot.conversation.wording import TextKey, Wording
from bot.flows.show_drafts import close_announcement, show_draft
from bot.messages import Span
from bot.ports.platform import PlatformLimits
from bot.ports.records import WAITING_SHARES, Draft, Share
from bot.ports.store import UnitOfWork


@dataclass(frozen=True, kw_only=True, slots=True)
class Decided:
    """What came of a decision."""

    #: Whether it counts.
    ok: bool
    #: What it is, or why it does not count, for a person to read.
    reason: str
    #: The newest version there is, to decide on instead; 0 where there is none.
    version: int = 0
    refusal: Refusal | None = None


async def approve(
    share_id: str, version: int | None, *, by: str, brand: Brand, work: UnitOfWork, now: datetime
) -> Decided:
    """Let a draft go out as soon as its community welcomes it; None decides on the newest version."""
    share, draft, refused = await _find(share_id, version, work=work, now=now)
    if share is None or draft is None or refused is not None:
        return _refuse(share_id, draft, refused)
    reason = f"version {draft.version} approved by {by}"
    if not await work.drafts.decide(draft, "approved", by=by, reason=reason, at=now):
        return _refuse(share_id, draft, "decided")
    await work.shares.move(share.id, "held", reason=reason, until=now, at=now)
    await _close(draft, share, TextKey.DRAFT_APPROVED, brand=brand, work=work, now=now, by=by)
    return Decided(ok=True, reason=reason, version=draft.version)


async def reject(
    share_id: str, version: int | None, *, by: str, why: str, brand: Brand, work: UnitOfWork, now: datetime
) -> Decided:
    """Let a draft never go out; `why` may be ""."""
    share, draft, refused = await _find(share_id, version, work=work, now=now)
    if share is None or draft is None or refused is not None:
        return _refuse(share_id, draft, refused)
    reason = f"version {draft.version} rejected by {by}" + (f": {why}" if why else "")
    if not await work.drafts.decide(draft, "rejected", by=by, reason=reason, at=now):
        return _refuse(share_id, draft, "decided")
    await work.shares.move(share.id, "skipped", reason=reason, until=None, at=now)
    await _close(draft, share, TextKey.DRAFT_REJECTED, brand=brand, work=work, now=now, by=by)
    return Decided(ok=True, reason=reason, version=draft.version)


async def rewrite(
    share_id: str,
    version: int | None,
    text: str,
    *,
    by: str,
    brand: Brand,
    limits: Mapping[str, PlatformLimits],
    work: UnitOfWork,
    now: datetime,
) -> Decided:
    """Let a draft say `text` instead: a new version, to be decided on in its turn."""
    share, draft, refused = await _find(share_id, version, work=work, now=now)
    if share is None or draft is None or refused is not None:
        return _refuse(share_id, draft, refused)
    if share.community not in brand.communities:
        return Decided(ok=False, reason="its community is not in the configuration any more")
    unwanted = refuse_text(text.strip(), brand, what="the new text is empty")
    if unwanted is not None:
        return Decided(ok=False, reason=unwanted.reason, version=draft.version)
    reason = f"version {draft.version + 1} by {by} takes its place"
    if not await work.drafts.decide(draft, "replaced", by=by, reason=reason, at=now):
        return _refuse(share_id, draft, "decided")
    body = replace(draft.body, spans=(Span(text=text.strip()),))
    await show_draft(
        share,
        body,
        version=draft.version + 1,
        revision=draft.revision,
        brand=brand,
        limits=limits,
        work=work,
        now=now,
    )
    await _close(draft, share, TextKey.DRAFT_REPLACED, brand=brand, work=work, now=now, version=str(draft.version + 1))
    return Decided(ok=True, reason=reason, version=draft.version + 1)


async def expire(draft: Draft, share: Share, *, brand: Brand, work: UnitOfWork, now: datetime) -> str:
    """Let go of a draft nobody decided on in time; return why it is not posted."""
    reason = f"no editor decided on version {draft.version} in time"
    await work.drafts.decide(draft, "expired", by="", reason=reason, at=now)
    await _close(draft, share, TextKey.DRAFT_EXPIRED, brand=brand, work=work, now=now)
    return reason


async def _find(
    share_id: str, version: int | None, *, work: UnitOfWork, now: datetime
) -> tuple[Share | None, Draft | None, Refusal | None]:
    """Return the share, its newest version, and why a decision on `version` does not count."""
    draft = (await work.drafts.newest([share_id])).get(share_id)
    refused = refuse_decision(draft, version or (draft.version if draft else 0), now)
    share = await work.shares.get(share_id)
    return share if share is not None and share.state in WAITING_SHARES else None, draft, refused


def _refuse(share_id: str, draft: Draft | None, refused: Refusal | None) -> Decided:
    version = draft.version if draft else 0
    reasons: Mapping[Refusal, str] = {
        "unknown": f"no draft {share_id}; `konektor review` lists those that wait",
        "outdated": f"this is an older version; decide on version {version}",
        "decided": f"it is decided already: {draft.reason}" if draft else "",
        "expired": "its time is over; it is not posted",
    }
    refusal: Refusal = refused or "unknown"
    return Decided(ok=False, reason=reasons[refusal], version=version, refusal=refusal)


async def _close(
    draft: Draft, share: Share, key: TextKey, *, brand: Brand, work: UnitOfWork, now: datetime, **names: str
) -> None:
    community = brand.communities.get(share.community)
    wording = Wording(community.language if community else brand.languages[0])
    await close_announcement(draft, wording.text(key, **names), work=work, now=now)
