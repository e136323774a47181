"""What a campaign leaves out on purpose, so that what it claims can be compared with silence. Pure."""

from __future__ import annotations

import hashlib
from dataclasses import replace

from bot.brand import Campaign
from bot.ports.records import Share


def why_left_out(campaign: Campaign, subject: str, community: str) -> str | None:
    """Return in words that a campaign leaves something out in a community; None when it does not.

    It hangs on a hash of what is shared (`subject`: a post's id or a digest's slot) and where, so that it is the same
    however often it is worked out.
    """
    if not campaign.hold_out:
        return None
    digest = hashlib.sha256(f"hold out|{campaign.key}|{subject}|{community}".encode()).digest()
    if int.from_bytes(digest[:8], "big") >= campaign.hold_out * 2**64:
        return None
    return f"left out on purpose, to compare with silence (hold_out: {campaign.hold_out * 100:g}%)"


def hold_out(share: Share, campaign: Campaign) -> Share:
    """Return a share as it is drafted, or skipped where its campaign leaves it out."""
    reason = why_left_out(campaign, share.post_id or share.slot, share.community)
    return share if reason is None else replace(share, state="skipped", reason=reason)
