"""When an item is a post we know."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime

from hypothesis import given
from hypothesis import strategies as st

from bot.feeds.links import link_address
from bot.feeds.sameness import (
    Evidence,
    ItemVerdict,
    content_hash,
    evidence_of,
    evidence_of_feed,
    judge,
    judge_feed,
)
from bot.ports.reading import Feed, FeedItem

LONG = "Musim panen tiba lebih awal tahun ini. " * 10


def item(**given: object) -> FeedItem:
    """Build an item; what is not given is ordinary."""
    ordinary: dict[str, object] = {
        "guid": "https://kopi.example/?p=1",
        "link": "https://kopi.example/2026/panen-raya/",
        "title": "Panen raya",
        "summary": "",
        "text": LONG,
        "author": None,
        "tags": (),
        "image_url": None,
        "published_at": datetime(2026, 3, 1, tzinfo=UTC),
        "updated_at": None,
    }
    return FeedItem(**{**ordinary, **given})  # type: ignore[arg-type]  # fields of any kind are checked by the test


def post(number: int, **given: object) -> FeedItem:
    """Build one of several different items."""
    named: dict[str, object] = {
        "guid": f"g{number}",
        "link": f"https://kopi.example/{number}",
        "title": f"Title {number}",
        "text": f"{number} {LONG}",
    }
    return item(**{**named, **given})


def feed(*items: FeedItem) -> Feed:
    """Build a document of these items."""
    return Feed(title="Kopi", language="id", items=items)


class Shelf:
    """What a store keeps of posts: their evidence and their content, and nothing else."""

    def __init__(self, *documents: Feed) -> None:
        self.matches: dict[Evidence, str] = {}
        self.hashes: dict[str, str] = {}
        for document in documents:
            self.take(document)

    def judge(self, document: Feed) -> tuple[ItemVerdict, ...]:
        """Judge a document against what is kept."""
        return judge_feed(document, matches=self.matches, known_hash=self.hashes)

    def take(self, document: Feed) -> tuple[str, ...]:
        """Judge a document, keep what is new in it, and return the kinds of the verdicts."""
        verdicts = self.judge(document)
        for entry, verdict, evidence in zip(document.items, verdicts, evidence_of_feed(document), strict=True):
            post_id = verdict.post_id or f"post {len(self.hashes)}"
            if verdict.kind == "new" or verdict.post_id:
                self.hashes[post_id] = content_hash(entry)
                for piece in evidence:
                    self.matches.setdefault(piece, post_id)
        return tuple(verdict.kind for verdict in verdicts)


def kind_after(before: FeedItem, after: FeedItem) -> str:
    """Return the verdict on `after` when `before` is known."""
    (verdict,) = Shelf(feed(before)).judge(feed(after))
    return verdict.kind


def test_an_unknown_item_is_new() -> None:
    """Nothing known, nothing matched."""
    verdict = judge(item(), matches={}, known_hash={})
    assert verdict == ItemVerdict(kind="new", post_id=None, evidence=(), reason="nothing about it is known")


def test_the_same_item_is_the_same() -> None:
    """The verdict names the post, the evidence and the reason."""
    shelf = Shelf(feed(item()))
    (verdict,) = shelf.judge(feed(item()))
    assert (verdict.kind, verdict.post_id, verdict.evidence) == ("same", "post 0", evidence_of(item()))
    assert verdict.reason == "known by its guid and link and content"


def test_dates_make_no_difference() -> None:
    """A bumped date, a lost one and an update are the same post."""
    for published, updated in ((datetime(2026, 9, 9, tzinfo=UTC), None), (None, datetime(2026, 9, 9, tzinfo=UTC))):
        assert kind_after(item(), item(published_at=published, updated_at=updated)) == "same"


def test_another_guid_scheme_is_the_same() -> None:
    """New ids for old posts are recognised by the link, lost ids too."""
    for guid in ("tag:kopi.example,2026:panen", None):
        assert kind_after(item(), item(guid=guid)) == "same"


def test_another_domain_is_the_same() -> None:
    """A move to a new host is recognised though guid and link are new, edited at the same time included."""
    moved = item(guid="https://baru.example/2026/panen-raya/", link="https://baru.example/2026/panen-raya/")
    assert kind_after(item(), moved) == "same"
    assert kind_after(item(), replace(moved, text="Baru ditulis.")) == "changed"


def test_another_folder_is_the_same() -> None:
    """A move to a new host and folder is recognised by its words and the end of its path."""
    assert kind_after(item(), item(guid="x", link="https://blog.baru.example/artikel/panen-raya")) == "same"


def test_other_spellings_are_the_same() -> None:
    """Tracking, https and white space in the text make no difference."""
    spelled = item(guid=None, link="http://www.kopi.example/2026/panen-raya?utm_source=rss", text=LONG.upper() + "\n\n")
    assert kind_after(item(), spelled) == "same"


def test_an_edit_is_a_change() -> None:
    """Another text, another title, another address: with the guid it is the same post, changed."""
    for edited in (item(text="Lain."), item(title="Panen kecil"), item(title="Lain", link="https://kopi.example/lain")):
        assert kind_after(item(), edited) == ("changed")


def test_a_tiny_edit_is_a_change() -> None:
    """A corrected figure counts."""
    assert kind_after(item(text="Naik 3.5 persen"), item(text="Naik 35 persen")) == "changed"


def test_one_title_for_many_posts() -> None:
    """A weekly column keeps its title and its teaser, and each week is a new post."""
    first = item(guid="1", link="https://kopi.example/2026/09/weekly", title="Weekly roundup", text="This week's links")
    assert kind_after(first, replace(first, guid="2", link="https://kopi.example/2026/10/roundup-10")) == "new"
    assert (
        kind_after(first, replace(first, guid="2", link="https://kopi.example/2026/10/weekly", text="Other")) == "new"
    )
    shelf = Shelf(feed(first))
    second = replace(first, guid="2", link="https://kopi.example/2026/10/weekly")
    assert shelf.take(feed(second, first)) == ("new", "same")
    assert shelf.take(feed(second)) == ("same",)


def test_a_whole_archive_again_posts_nothing() -> None:
    """A CMS that gives its archive new ids, new dates and a new host has nothing new to share."""
    archive = [post(n) for n in range(100)]
    again = [
        replace(old, guid=f"urn:{n}", link=f"https://baru.example/{n}/", published_at=datetime(2027, 1, 1, tzinfo=UTC))
        for n, old in enumerate(archive)
    ]
    assert set(Shelf(feed(*archive)).take(feed(*reversed(again)))) == {"same"}


def test_one_guid_for_all_proves_nothing() -> None:
    """A feed that gives every item one guid is read by its links, on later polls too."""
    shelf = Shelf(feed(post(1, guid="x"), post(2, guid="x")))
    assert shelf.take(feed(post(3, guid="x"), post(2, guid="x"))) == ("new", "same")
    assert shelf.take(feed(post(3, guid="x"), post(2, guid="x"))) == ("same", "same")


def test_one_link_for_all_proves_nothing() -> None:
    """A feed whose links all lead to one page is read by its guids."""
    page = "https://kopi.example/news"
    shelf = Shelf(feed(post(1, link=page), post(2, link=page)))
    assert shelf.take(feed(post(3, link=page), post(2, link=page))) == ("new", "same")


def test_the_home_page_names_no_post() -> None:
    """The home page as guid and link is no evidence, not even for a lone item."""
    home = "https://www.kopi.example/?utm_source=rss"
    assert kind_after(post(1, guid=home, link=home), post(2, guid=home, link=home)) == "new"
    assert kind_after(post(1, guid=home, link=home), post(1, guid=home, link=home)) == "same"


def test_ids_that_count_places_are_seen_through() -> None:
    """A feed that numbers its items from the top anew each time loses no post and repeats none."""
    shelf = Shelf(feed(post(2, guid="0"), post(1, guid="1")))
    assert shelf.take(feed(post(3, guid="0"), post(2, guid="1"))) == ("new", "same")
    assert shelf.take(feed(post(4, guid="0"), post(3, guid="1"), post(2, guid="2"))) == ("new", "same", "same")
    assert shelf.take(feed(post(4, guid="0"), post(3, guid="1"), post(2, guid="2"))) == ("same", "same", "same")


def test_a_post_whose_number_is_anothers_now_is_known_by_its_address() -> None:
    """Numbers that have moved on, and a title edited: the other post keeps its claim, and none is shared again."""
    shelf = Shelf(feed(post(2, guid="2"), post(1, guid="1")))
    assert shelf.take(feed(post(2, guid="3"), post(1, guid="2"))) == ("same", "same")
    assert shelf.take(feed(post(2, guid="3"), post(1, guid="2", title="Judul lain"))) == ("same", "changed")


def test_a_number_alone_is_no_proof() -> None:
    """The post that had the number may have left the document; beside its address or its words the number counts."""
    shelf = Shelf(feed(post(1, guid="1")))
    assert shelf.take(feed(post(2, guid="1"))) == ("new",)
    assert shelf.take(feed(post(2, guid="1"))) == ("same",)
    assert kind_after(post(1, guid="1"), post(1, guid="1", text="Lain.", title="Lain")) == "changed"
    assert kind_after(post(1, guid="1", link=None), post(1, guid="1", link=None, text="Lain.")) == "changed"


def test_an_item_listed_twice_is_shared_once() -> None:
    """The second listing is the same post, new or known; an older version beside the newer included."""
    shelf = Shelf()
    assert shelf.take(feed(post(1), post(1), post(2))) == ("new", "same", "new")
    assert shelf.take(feed(post(1), post(1, text="Before"), post(2))) == ("same", "same", "same")


def test_a_bare_item_is_known_again() -> None:
    """A picture without words, without guid and with the home page as link is still told from the next."""
    bare = item(guid=None, link="https://kopi.example/", title="", text="", image_url="https://kopi.example/1.jpg")
    assert kind_after(bare, bare) == "same"
    assert kind_after(bare, replace(bare, image_url="https://kopi.example/2.jpg")) == "new"


def test_a_post_without_a_known_hash_is_unchanged() -> None:
    """What was never hashed cannot be said to have changed."""
    matches = dict.fromkeys(evidence_of(item()), "old")
    assert judge(item(), matches=matches, known_hash={}).kind == "same"


def entry_of(entry: FeedItem) -> tuple[object, ...]:
    """Return what versions of one entry have in common; the home page is no address of a post."""
    link = entry.link if entry.link and link_address(entry.link)[1] else None
    return (entry.guid, link, " ".join(entry.title.split()))


words = st.text(alphabet="ab ", max_size=4)
items = st.builds(
    item,
    guid=st.none() | st.sampled_from(["1", "2", "https://kopi.example/"]),
    link=st.none() | st.sampled_from(["https://kopi.example/", "https://kopi.example/a", "https://baru.example/a"]),
    title=words,
    text=words,
)
documents = st.lists(items, max_size=6).map(lambda found: feed(*found))


@given(documents)
def test_a_document_read_again_has_nothing_new(document: Feed) -> None:
    """However odd a feed, the second reading of the same document shares nothing and edits nothing twice."""
    shelf = Shelf(document)
    shelf.take(document)
    assert "new" not in shelf.take(document)


@given(documents)
def test_different_items_share_no_evidence(document: Feed) -> None:
    """Within a document, a piece of evidence belongs to one entry, and each item on its own has some."""
    owners: dict[Evidence, set[tuple[object, ...]]] = {}
    for entry, found in zip(document.items, evidence_of_feed(document), strict=True):
        assert evidence_of(entry)
        for piece in found:
            owners.setdefault(piece, set()).add(entry_of(entry))
    assert all(len(found) == 1 for found in owners.values())


@given(documents, documents)
def test_no_two_different_items_are_one_post(before: Feed, after: Feed) -> None:
    """Of the items that claim one known post, only versions of one entry get it."""
    verdicts = Shelf(before).judge(after)
    claimed: dict[str, set[tuple[object, ...]]] = {}
    for entry, verdict in zip(after.items, verdicts, strict=True):
        if verdict.post_id is not None:
            claimed.setdefault(verdict.post_id, set()).add(entry_of(entry))
    assert all(len(found) == 1 for found in claimed.values())
