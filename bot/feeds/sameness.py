"""Whether an item of a feed is a post we know. Pure: evidence in, a verdict with its evidence out. Dates never count.

Evidence is what two sightings of one post have in common. A caller stores what `evidence_of_feed` gives with each post,
looks the evidence of the next document up, and lets `judge_feed` decide:

* `guid`: the feed's own id. Survives a new title, a new address and a new text; a bare number does not survive all of
  these at once, for it may be no more than an item's place in the list.
* `link`: the canonical link. Survives another guid scheme.
* `content`: two hashes. Title with path and query survives a move to another domain, an edit of the text included;
  title with text and the last part of the path survives a move into another folder. A title alone is never enough, so
  that two "Weekly roundup" stay two.

What a broken feed shares between different items of one document (one guid for all, the home page as every link)
proves nothing and is dropped.
"""

from __future__ import annotations

import hashlib
import unicodedata
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Literal, TypeAlias

from bot.feeds.links import canonical_link, link_address
from bot.ports.reading import Feed, FeedItem

EvidenceKind: TypeAlias = Literal["guid", "link", "content"]
# Strongest first: what a feed declares, then where it lies, then what it says.
_STRENGTH: Mapping[EvidenceKind, int] = {"guid": 0, "link": 1, "content": 2}


@dataclass(frozen=True, kw_only=True, slots=True)
class Evidence:
    """One thing by which a post is recognised."""

    kind: EvidenceKind
    #: The guid, the canonical link, or a SHA-256 in hex. Equal values of one kind within a source mean one post.
    value: str


@dataclass(frozen=True, kw_only=True, slots=True)
class ItemVerdict:
    """Whether an item is new, and what tells so."""

    kind: Literal["new", "same", "changed"]
    #: The known post; None for a new one, and for a double within the document of an item that is new in it.
    post_id: str | None
    #: The evidence that matched; empty for a new one.
    evidence: tuple[Evidence, ...]
    #: Why, for a person to read.
    reason: str


def content_hash(item: FeedItem) -> str:
    """Return the SHA-256 (hex) of the title and text, letter case, width variants and white space folded away."""
    return _digest(_fold(item.title), _fold(item.text))


def evidence_of(item: FeedItem) -> tuple[Evidence, ...]:
    """Return everything the item alone offers, strongest first; never empty for an item `read_feed` lets through.

    The address of a home page names no post and is left out, as guid and as link.
    """
    found: list[Evidence] = []
    host, path = link_address(item.link) if item.link else ("", "")
    if item.guid and not _is_home_page(item.guid):
        found.append(Evidence(kind="guid", value=item.guid.strip()))
    if item.link and path:
        found.append(Evidence(kind="link", value=canonical_link(item.link)))
    title, text = _fold(item.title), _fold(item.text)
    if path and title:
        found.append(Evidence(kind="content", value=_digest("address", path, title)))
    if title or text:
        found.append(Evidence(kind="content", value=_digest("words", _slug(path), title, text)))
    else:
        # A bare picture or a bare link has nothing else to be known by next time.
        found.append(
            Evidence(kind="content", value=_digest("bare", item.guid or "", host + path, item.image_url or ""))
        )
    return tuple(found)


def evidence_of_feed(feed: Feed) -> tuple[tuple[Evidence, ...], ...]:
    """Return the evidence of each item, in order, without what different items of this document share.

    An item listed twice shares its evidence with itself and keeps it.
    """
    offered = [evidence_of(item) for item in feed.items]
    entries = [_entry_key(item) for item in feed.items]
    claims = Counter(
        evidence for evidence, _ in {(e, key) for key, found in zip(entries, offered, strict=True) for e in found}
    )
    return tuple(tuple(evidence for evidence in found if claims[evidence] == 1) for found in offered)


def judge(
    item: FeedItem,
    *,
    matches: Mapping[Evidence, str],
    known_hash: Mapping[str, str],
    offered: Sequence[Evidence] | None = None,
) -> ItemVerdict:
    """Tell whether `item` is new, a known post unchanged, or a known post edited.

    `matches` says which stored post each piece of evidence belongs to; look up what `evidence_of_feed` gave, for that
    leaves out what proves nothing, and give that as `offered` (all of the item's own without it). `known_hash` is
    each post's `content_hash` by its id; a post without one counts as unchanged. When the evidence names several
    posts, the one with the same content wins, then the one with more evidence, then the one with the stronger.
    """
    offered = evidence_of(item) if offered is None else offered
    found = [(evidence, matches[evidence]) for evidence in offered if evidence in matches]
    if not found:
        return ItemVerdict(kind="new", post_id=None, evidence=(), reason="nothing about it is known")
    has_address = any(evidence.kind == "link" for evidence in offered)
    if has_address and all(_may_be_a_place(evidence) for evidence, _ in found):
        reason = "its guid is a number that was another post's, and nothing else of it is known"
        return ItemVerdict(kind="new", post_id=None, evidence=(), reason=reason)
    now = content_hash(item)
    post_id = max(
        dict.fromkeys(post for _, post in found),
        key=lambda post: (
            known_hash.get(post) == now,
            sum(other == post for _, other in found),
            -min(_STRENGTH[evidence.kind] for evidence, other in found if other == post),
        ),
    )
    evidence = tuple(evidence for evidence, post in found if post == post_id)
    by = " and ".join(dict.fromkeys(piece.kind for piece in evidence))
    if known_hash.get(post_id, now) == now:
        return ItemVerdict(kind="same", post_id=post_id, evidence=evidence, reason=f"known by its {by}")
    reason = f"known by its {by}; its title or text has been edited"
    return ItemVerdict(kind="changed", post_id=post_id, evidence=evidence, reason=reason)


def judge_feed(
    feed: Feed, *, matches: Mapping[Evidence, str], known_hash: Mapping[str, str]
) -> tuple[ItemVerdict, ...]:
    """Judge all items of one document, in order, so that no two different items are taken for one post.

    Where two claim the same post (a feed that numbers its items anew each time), the better proven claim stands and
    the other item is new: store with it only the evidence that is nobody's yet. A second listing of one item is
    `same`, never new twice, and so is an item that shares all its evidence with others.
    """
    evidence = evidence_of_feed(feed)
    usable = [{piece: matches[piece] for piece in found if piece in matches} for found in evidence]
    verdicts = [
        judge(item, matches=known, known_hash=known_hash, offered=own)
        for item, known, own in zip(feed.items, usable, evidence, strict=True)
    ]
    best = _best_claims(verdicts)
    listed: dict[tuple[str, ...], int] = {}
    for index, (item, verdict) in enumerate(zip(feed.items, tuple(verdicts), strict=True)):
        first = listed.setdefault(_entry_key(item), index)
        if first != index:
            verdicts[index] = _listed_before(verdicts[first])
        elif not evidence[index]:
            # It would be new again at every poll, for nothing could be stored to know it by.
            reason = "cannot be told from another item of this document"
            verdicts[index] = ItemVerdict(kind="same", post_id=None, evidence=(), reason=reason)
        elif verdict.post_id is not None and _entry_key(feed.items[best[verdict.post_id]]) != _entry_key(item):
            # what is left when the posts that others have proven better to be are left aside
            left = {piece: post for piece, post in usable[index].items() if post not in best}
            second = judge(item, matches=left, known_hash=known_hash, offered=evidence[index])
            if second.post_id is not None:
                best[second.post_id] = index
                verdicts[index] = second
                continue
            reason = f"its {verdict.evidence[0].kind} was another post's, which this document lists as well"
            verdicts[index] = ItemVerdict(kind="new", post_id=None, evidence=(), reason=reason)
    return tuple(verdicts)


def _best_claims(verdicts: Sequence[ItemVerdict]) -> dict[str, int]:
    """Return by post the place of the verdict that is proven best, the first of equals."""
    best: dict[str, int] = {}
    for index, verdict in enumerate(verdicts):
        post = verdict.post_id
        if post is not None and (post not in best or _proof(verdict) > _proof(verdicts[best[post]])):
            best[post] = index
    return best


def _listed_before(first: ItemVerdict) -> ItemVerdict:
    return ItemVerdict(
        kind="same", post_id=first.post_id, evidence=first.evidence, reason="listed twice in this document"
    )


def _proof(verdict: ItemVerdict) -> tuple[bool, int, int]:
    strongest = min(_STRENGTH[piece.kind] for piece in verdict.evidence)
    return verdict.kind == "same", len(verdict.evidence), -strongest


def _entry_key(item: FeedItem) -> tuple[str, ...]:
    """Return what tells different items of one document apart; versions of one entry (RFC 4287, 4.1.1) share it."""
    link = canonical_link(item.link) if item.link and link_address(item.link)[1] else ""
    guid = item.guid or ""
    # With an id and an address of its own the text may differ between versions; with less it must agree.
    return (guid, link, _fold(item.title), "" if guid and link else content_hash(item))


def _may_be_a_place(evidence: Evidence) -> bool:
    return evidence.kind == "guid" and evidence.value.isdecimal()


def _is_home_page(guid: str) -> bool:
    host, path = link_address(guid)
    return bool(host) and not path


def _slug(path: str) -> str:
    return path.partition("?")[0].rpartition("/")[2]


def _fold(text: str) -> str:
    return " ".join(unicodedata.normalize("NFKC", text).casefold().split())


def _digest(*parts: str) -> str:
    """Hash parts so that no shifting of a boundary gives the same value."""
    framed = "".join(f"{len(part)}:{part}" for part in parts)
    return hashlib.sha256(framed.encode("utf-8", "replace")).hexdigest()
