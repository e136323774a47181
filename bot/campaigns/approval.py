"""Editors see a post first: whether one needs them, and whether a decision still counts. Pure."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Literal, TypeAlias

from bot.brand import Community
from bot.ports.records import Draft

#: What an editor can do about a draft.
EditorAct: TypeAlias = Literal["approve", "edit", "reject"]
#: Why a decision does not count: there is no such draft; there is a newer version; it was decided; it is too late.
Refusal: TypeAlias = Literal["unknown", "outdated", "decided", "expired"]


@dataclass(frozen=True, kw_only=True, slots=True)
class EditorPress:
    """What a pressed button says about a draft."""

    act: EditorAct
    share_id: str
    #: The version the button stands below.
    version: int

    def write(self) -> str:
        """Return it as a button's id."""
        return f"{self.act}:{self.share_id}:{self.version}"


def read_press(button_id: str) -> EditorPress | None:
    """Return what a button's id says; None when it is about no draft."""
    act, _, rest = button_id.partition(":")
    share_id, _, version = rest.partition(":")
    if not share_id or not (version.isascii() and version.isdecimal()):
        return None
    match act:
        case "approve" | "edit" | "reject":
            return EditorPress(act=act, share_id=share_id, version=int(version))
        case _:
            return None


def needs_editors(community: Community, *, was_approved: bool) -> bool:
    """Whether a post must be seen by an editor; `was_approved` is whether one of its campaign was, there, before."""
    return community.approval == "always" or (community.approval == "first_time" and not was_approved)


def refuse_decision(newest: Draft | None, version: int, now: datetime) -> Refusal | None:
    """Return why a decision on `version` does not count; None when it does. `newest` is the draft's last version."""
    if newest is None or version > newest.version:
        return "unknown"
    if version < newest.version:
        return "outdated"
    if newest.state != "waiting":
        return "decided"
    return "expired" if newest.expires_at <= now else None
