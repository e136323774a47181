"""Bytes to feeds: every format, every charset, and what is refused."""

from __future__ import annotations

import json
import pickle
from datetime import UTC, datetime
from pathlib import Path
from tempfile import TemporaryDirectory

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from bot.errors import FeedFault
from bot.feeds.read import MOST_ITEMS, read_feed
from bot.ports.reading import Feed, FeedItem

BASE = "https://kopi.example/blog/feed"


def read(body: str | bytes, *, content_type: str | None = None, base_url: str = BASE) -> Feed:
    """Read a body as if it came from BASE."""
    packed = body.encode() if isinstance(body, str) else body
    return read_feed(packed, content_type=content_type, base_url=base_url)


def rss(*items: str, head: str = "", channel: str = "<title>Kopi</title>") -> str:
    """Write an RSS 2.0 document."""
    listed = "".join(f"<item>{item}</item>" for item in items)
    return (
        f'<?xml version="1.0"?>{head}<rss version="2.0" xmlns:media="http://search.yahoo.com/mrss/"'
        ' xmlns:dc="http://purl.org/dc/elements/1.1/" xmlns:content="http://purl.org/rss/1.0/modules/content/"'
        f' xmlns:itunes="http://www.itunes.com/dtds/podcast-1.0.dtd"><channel>{channel}{listed}</channel></rss>'
    )


def only(feed: Feed) -> FeedItem:
    """Return the one item of a feed."""
    (item,) = feed.items
    return item


def fault(body: str | bytes, **given: str) -> str:
    """Return the text of the fault reading raises."""
    with pytest.raises(FeedFault) as caught:
        read(body, **given)
    return str(caught.value)


def test_rss_is_read_whole() -> None:
    """Every field of an ordinary item comes back plain, absolute and in UTC."""
    feed = read(
        rss(
            "<guid isPermaLink='false'>42</guid><title>Panen &amp;amp; raya</title><link>/panen</link>"
            "<description>&lt;p&gt;Ringkas&lt;/p&gt;</description>"
            "<content:encoded><![CDATA[<p>Satu <b>dua</b></p><p>Tiga<br>empat</p>"
            "<script>x()</script>]]></content:encoded>"
            "<dc:creator>Sari</dc:creator><category>Kopi</category><category>KOPI</category><category>Panen</category>"
            "<media:content url='/foto.jpg' medium='image'/><pubDate>Mon, 02 Mar 2026 15:00:00 +0700</pubDate>",
            channel="<title>Kopi Kita</title><language>id_ID</language>",
        )
    )
    assert (feed.title, feed.language) == ("Kopi Kita", "id-ID")
    assert only(feed) == FeedItem(
        guid="42",
        link="https://kopi.example/panen",
        title="Panen & raya",
        summary="Ringkas",
        text="Satu dua\n\nTiga\nempat",
        author="Sari",
        tags=("Kopi", "Panen"),
        image_url="https://kopi.example/foto.jpg",
        published_at=datetime(2026, 3, 2, 8, 0, tzinfo=UTC),
        updated_at=None,
    )


def test_atom_is_read_whole() -> None:
    """Atom's own fields are found, plain text in titles is left as it is written."""
    feed = read(
        '<feed xmlns="http://www.w3.org/2005/Atom" xml:lang="en"><title>Kopi</title><entry><id>tag:x,2026:1</id>'
        '<title type="text">if a &lt;b&gt; then</title><link rel="alternate" href="p/1"/>'
        '<link rel="enclosure" type="image/png" href="https://img.example/1.png"/><author><name>Ann</name>'
        "<email>ann@kopi.example</email></author><category term='brew' label='Brewing'/>"
        "<summary>Short</summary><content type='xhtml'><div xmlns='http://www.w3.org/1999/xhtml'><p>Long</p><p>text"
        "</p></div></content><published>2026-03-01T10:00:00+02:00</published><updated>2026-03-02T00:00:00Z</updated>"
        "</entry></feed>"
    )
    assert feed.language == "en"
    assert only(feed) == FeedItem(
        guid="tag:x,2026:1",
        link="https://kopi.example/blog/p/1",
        title="if a <b> then",
        summary="Short",
        text="Long\n\ntext",
        author="Ann",
        tags=("Brewing",),
        image_url="https://img.example/1.png",
        published_at=datetime(2026, 3, 1, 8, 0, tzinfo=UTC),
        updated_at=datetime(2026, 3, 2, tzinfo=UTC),
    )


def test_an_atom_id_that_is_no_address_stays_as_it_is_written() -> None:
    """Two feeds of one folder may both number their entries; an id that is an address stays one."""
    for written, expected in (
        ("12", "12"),
        ("9f2c-77", "9f2c-77"),
        ("tag:kopi.example,2026:12", "tag:kopi.example,2026:12"),
        ("https://kopi.example/blog/panen", "https://kopi.example/blog/panen"),
    ):
        entry = f"<entry><id>{written}</id><title>Panen</title><link href='https://kopi.example/panen'/></entry>"
        assert only(read(f'<feed xmlns="http://www.w3.org/2005/Atom"><title>K</title>{entry}</feed>')).guid == expected


def test_rdf_is_read() -> None:
    """RSS 1.0 has its items beside the channel and one date."""
    item = only(
        read(
            '<rdf:RDF xmlns:rdf="http://www.w3.org/1999/02/22-rdf-syntax-ns#" xmlns="http://purl.org/rss/1.0/"'
            ' xmlns:dc="http://purl.org/dc/elements/1.1/"><channel rdf:about="x"><title>K</title></channel>'
            '<item rdf:about="https://kopi.example/1"><title>Satu</title><link>https://kopi.example/1</link>'
            "<dc:date>2026-03-01T00:00:00Z</dc:date></item></rdf:RDF>"
        )
    )
    assert (item.title, item.published_at) == ("Satu", datetime(2026, 3, 1, tzinfo=UTC))


@pytest.mark.parametrize("version", ["0.91", "0.92", "2.0"])
def test_old_rss_is_read(version: str) -> None:
    """An item of the oldest kind has a title and a link only."""
    item = only(read(f'<rss version="{version}"><channel><item><title>a</title><link>/a</link></item></channel></rss>'))
    assert (item.title, item.link, item.guid, item.text) == ("a", "https://kopi.example/a", None, "")


def test_json_feed_is_read_whole() -> None:
    """JSON Feed's fields are found, and a byte order mark is passed over."""
    entry = {
        "id": 42,
        "url": "/p/1",
        "title": "Satu\u202e",
        "content_html": "<p>Isi</p><img src='/1.png'>",
        "summary": "Ringkas",
        "authors": [{"url": "x"}, {"name": "Sari"}],
        "tags": ["kopi", 3, "Kopi"],
        "date_published": "2026-03-01T10:00:00+07:00",
        "date_modified": "2026-03-02T10:00:00Z",
    }
    document = {
        "version": "https://jsonfeed.org/version/1.1",
        "title": "Kopi",
        "language": "id",
        "items": [entry, "odd"],
    }
    feed = read(b"\xef\xbb\xbf" + json.dumps(document).encode())
    assert (feed.title, feed.language) == ("Kopi", "id")
    assert only(feed) == FeedItem(
        guid="42",
        link="https://kopi.example/p/1",
        title="Satu",
        summary="Ringkas",
        text="Isi",
        author="Sari",
        tags=("kopi",),
        image_url="https://kopi.example/1.png",
        published_at=datetime(2026, 3, 1, 3, 0, tzinfo=UTC),
        updated_at=datetime(2026, 3, 2, 10, 0, tzinfo=UTC),
    )


def test_json_feed_1_0_is_read() -> None:
    """The older version has one author and may have plain text only."""
    entry = {"id": "1", "content_text": "a\n\nb", "author": {"name": "Ann"}, "external_url": "https://x.example/"}
    item = only(read(json.dumps({"items": [entry]})))
    assert (item.text, item.summary, item.author, item.link) == ("a\n\nb", "a b", "Ann", "https://x.example/")


@pytest.mark.parametrize(
    ("encoding", "content_type"),
    [
        ("utf-8", None),
        ("utf-8-sig", None),
        ("utf-16", None),
        ("utf-32", "text/xml; charset=utf-8"),
        ("windows-1252", "text/xml; charset=windows-1252"),
        ("iso-8859-1", "application/rss+xml;charset=ISO-8859-1"),
    ],
)
def test_any_charset_is_read(encoding: str, content_type: str | None) -> None:
    """The header or the byte order mark says how the text is written."""
    body = "<rss version='2.0'><channel><item><title>Café münü</title></item></channel></rss>".encode(encoding)
    assert only(read(body, content_type=content_type)).title == "Café münü"


@pytest.mark.parametrize("encoding", ["utf-16", "utf-16-le", "utf-16-be", "utf-32", "utf-32-le", "utf-32-be"])
def test_wide_characters_are_read(encoding: str) -> None:
    """With a mark or without, and though the declaration does not name it."""
    assert only(read(rss("<title>plain</title>").encode(encoding))).title == "plain"


def test_a_title_that_shows_markup_keeps_it() -> None:
    """What the feed means as text is text: it is the platforms' part to escape it."""
    assert only(read(rss("<title>Why &lt;script&gt; waits</title>"))).title == "Why <script> waits"


def test_a_charset_in_the_document_is_read() -> None:
    """Without a header, the XML declaration says it."""
    body = "<?xml version='1.0' encoding='shift_jis'?><rss version='2.0'><channel><item><title>コーヒー</title></item>"
    assert only(read(f"{body}</channel></rss>".encode("shift_jis"))).title == "コーヒー"


@pytest.mark.parametrize(
    "body",
    [
        rss("<title>a</title>")[:-20],
        rss("<title>a</title><description>tea & coffee &nbsp; <b></description>"),
        "\n\n  " + rss("<title>a</title>"),
        rss("<title>a</title>").replace("<?xml version", "<?xml encoding='none' version"),
        rss("<title>a\x0b</title>"),
    ],
)
def test_a_badly_formed_feed_is_read_as_far_as_it_goes(body: str) -> None:
    """Cut off, wrongly escaped or with junk before it: the item is there."""
    assert only(read(body)).title == "a"


def test_titles_hide_nothing() -> None:
    """Markup, controls, zero-width and direction characters are gone from titles, authors and tags."""
    item = only(
        read(
            rss(
                "<title>&lt;b&gt;free&lt;/b&gt;\u200b \u202egnp.exe\u202c\n&lt;i&gt;x&lt;/i&gt;</title>"
                "<dc:creator>A\u2066nn</dc:creator><category>ko\u200bpi</category>"
            )
        )
    )
    assert (item.title, item.author, item.tags) == ("free gnp.exe x", "Ann", ("kopi",))


@pytest.mark.parametrize(
    "link", ["javascript:alert(1)", "data:text/html,x", "file:///etc/passwd", "http://a:b@x/", "http://["]
)
def test_only_web_links_are_kept(link: str) -> None:
    """Another scheme, credentials or nonsense is no link; the item stays."""
    assert only(read(rss(f"<title>a</title><link>{link}</link>"))).link is None


def test_an_email_address_is_no_author() -> None:
    """Nobody's address is shown to members; a name beside it is."""
    entries = read(
        rss(
            "<title>a</title><author>ann@kopi.example</author>",
            "<title>b</title><author>b@x.example (Bo)</author>",
            "<title>c</title><author>Cy &lt;c@x.org&gt;</author>",
            "<title>d</title><author>@dee</author>",
        )
    ).items
    assert [entry.author for entry in entries] == [None, "Bo", "Cy", "@dee"]


def test_a_podcast_is_read() -> None:
    """An episode's own cover is its picture; its sound file is not."""
    item = only(
        read(
            rss(
                "<title>Ep</title><enclosure url='https://x.example/1.mp3' type='audio/mpeg' length='1'/>"
                "<itunes:image href='https://x.example/1.jpg'/>"
            )
        )
    )
    assert (item.title, item.image_url) == ("Ep", "https://x.example/1.jpg")


def test_a_tracking_pixel_is_no_picture() -> None:
    """The first real picture of the text is taken."""
    html = "<![CDATA[<img src='https://t.example/p' width='1' height='1'><img src='foto.png'>]]>"
    assert (
        only(read(rss(f"<title>a</title><description>{html}</description>"))).image_url
        == "https://kopi.example/blog/foto.png"
    )


def test_summaries_are_short() -> None:
    """At most a thousand characters, cut at a word; the text is whole."""
    item = only(read(rss(f"<title>a</title><description>{'kata ' * 900}</description>")))
    assert len(item.summary) <= 1000
    assert item.summary.endswith("kata…")
    assert item.text.split() == ["kata"] * 900


@pytest.mark.parametrize("form", ["rss", "json"])
def test_items_are_capped_from_the_top(form: str) -> None:
    """Of a longer document, the first items are read, in its order."""
    titles = [str(n) for n in range(MOST_ITEMS + 10)]
    if form == "rss":
        body = rss(*(f"<title>{title}</title>" for title in titles))
    else:
        body = json.dumps({"items": [{"title": title} for title in titles]})
    assert [item.title for item in read(body).items] == titles[:MOST_ITEMS]


def test_an_item_that_says_nothing_is_left_out() -> None:
    """No title, no text and no link: nothing to share."""
    assert [item.title for item in read(rss("<guid isPermaLink='false'>1</guid>", "<title>a</title>")).items] == ["a"]


def test_a_feed_without_items_is_a_feed() -> None:
    """A young blog has no posts yet."""
    assert read(rss()) == Feed(title="Kopi", language=None, items=())


@pytest.mark.parametrize("body", [b"", b" \n\t"])
def test_an_empty_body_is_named(body: bytes) -> None:
    """Nothing came."""
    assert "empty body" in fault(body)


def test_a_web_page_names_its_feed() -> None:
    """The fault hands over the address to use."""
    page = (
        "<!doctype html><html><head><link rel='stylesheet alternate' type='text/css' href='/x.css'>"
        "<link rel=alternate type='application/rss+xml' href='/feed.xml'></head><body><![x[odd]]>hi</body></html>"
    )
    text = fault(page, content_type="text/html")
    assert text == "found a web page, not a feed; the page names its feed: use https://kopi.example/feed.xml as `url`"


@pytest.mark.parametrize("page", ["<html><body>x</body></html>", "<!-- a --><!DOCTYPE HTML PUBLIC 'x'><p>", "<HTML>"])
def test_a_web_page_without_a_feed_is_named(page: str) -> None:
    """The fault says where to look."""
    assert "it names no feed; look on the site" in fault(page)


def test_a_feed_sent_as_html_is_read() -> None:
    """What the body is counts, not what the server calls it."""
    assert only(read(rss("<title>a</title>"), content_type="text/html; charset=utf-8")).title == "a"


@pytest.mark.parametrize(
    ("body", "shown"),
    [
        ("hello", "hello"),
        ("<svg/>", "<svg/>"),
        ("%PDF-1.7", "%PDF-1.7"),
        ("<?xml version='1.0'?>", "a bare declaration"),
        ("<?xml version='1.0'?><opml><body/></opml>", "<opml><body/></opml>"),
    ],
)
def test_what_is_no_feed_is_named(body: str, shown: str) -> None:
    """The fault shows how it begins."""
    assert fault(body).startswith(f"found no feed but {shown};")


@pytest.mark.parametrize("body", ["{", '{"items": 3}', "[]", "[" * 100_000, '{"items":[1e', '{"x":"\\ud8"}'])
def test_broken_or_other_json_is_named(body: str) -> None:
    """JSON that does not hold, is nested too deeply or is no feed."""
    assert "JSON" in fault(body)


BOMB = '<!DOCTYPE x [<!ENTITY a "aaaa"><!ENTITY b "&a;&a;">]>'


@pytest.mark.parametrize(
    "body",
    [
        rss("<title>&b;</title>", head=BOMB),
        rss(head="<!DOCTYPE rss>"),
        rss(head='<!doctype rss SYSTEM "file:///etc/passwd">'),
        rss(head=f"<!-- <rss> -->{BOMB}"),
        rss(head=f"<!-- a -->{BOMB}<!-- <!DOCTYPE x> -->"),
        rss(head=f"<?pi <x> ?>{BOMB}"),
        rss(head='<!ENTITY a "b">'),
        rss(head=BOMB).encode("utf-16"),
        rss(head=BOMB).encode("utf-32"),
        f"junk{rss(head=BOMB)}",
    ],
)
def test_a_doctype_is_refused(body: str | bytes) -> None:
    """Wherever it hides before the feed begins, and however it is encoded."""
    assert "DOCTYPE" in fault(body)


@pytest.mark.parametrize(
    "comment", [f"<!-- {BOMB} -->", f"<!-- a --> <!-- <rss> {BOMB}--><!---->", f"<?pi > <!-- ?><!-- {BOMB} -->"]
)
def test_a_doctype_within_a_comment_means_nothing(comment: str) -> None:
    """What a plugin left in a comment does not stop the feed, and its entities are not known."""
    first, second = read(rss("<title>a</title>", "<title>&b;</title>", head=comment)).items
    assert (first.title, "aaa" in second.title) == ("a", False)


def test_a_channel_of_1997_is_read() -> None:
    """Microsoft's CDF has a title, and items where it has any."""
    assert read("<CHANNEL><TITLE>Kopi</TITLE></CHANNEL>").title == "Kopi"


def test_a_doctype_within_a_post_is_text() -> None:
    """A post about HTML may show one."""
    item = only(read(rss("<title>a</title><description><![CDATA[<pre>&lt;!DOCTYPE html></pre>]]></description>")))
    assert item.text == "<!DOCTYPE html>"


def test_a_body_that_is_a_path_opens_no_file() -> None:
    """The body is never taken for the name of a file."""
    with TemporaryDirectory() as folder:
        path = Path(folder, "feed.xml")
        path.write_text(rss("<title>secret</title>"), encoding="utf-8")
        assert fault(str(path)).startswith("found no feed but ")


def test_a_fault_survives_pickling() -> None:
    """The worker process hands it over whole."""
    with pytest.raises(FeedFault) as caught:
        read(b"")
    copied = pickle.loads(pickle.dumps(caught.value))  # noqa: S301  # pickled in this line
    assert (str(copied), copied.gone, copied.retry_after) == (str(caught.value), False, None)


pieces = st.sampled_from(
    [
        "<rss>", "<rss version='2.0'>", "<channel>", "</channel>", "<item>", "</item>", "<title>", "</title>", "<link>",
        "</link>", "<guid>", "</guid>", "<description>", "</description>", "<![CDATA[", "]]>", "<!--", "-->",
        "<!DOCTYPE x>",
        "<feed xmlns='http://www.w3.org/2005/Atom'>", "<entry>", "</entry>", "<content type='html'>", "</content>",
        "<link href='x'/>", "<pubDate>", "2026-13-45T99:99", "&amp;", "&#xD800;", "&nbsp;", "&lt;b&gt;",
        "<?xml ?>", "\x00",
        "http://x/", "a", " ", "<media:content url='x'/>", "<html>", "<enclosure/>", "<category/>", "<author>",
        "</author>", "{", "[", "\ufeff", "é",
    ]
)  # fmt: skip
keys = st.sampled_from(
    [
        "items",
        "id",
        "url",
        "title",
        "content_html",
        "content_text",
        "tags",
        "authors",
        "author",
        "image",
        "date_published",
    ]
)
values = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(keys, inner, max_size=5),
    max_leaves=20,
)


def feed_or_fault(body: bytes, content_type: str | None = None, base_url: str = BASE) -> None:
    """Read, and fail on anything but a feed that can be stored or a FeedFault."""
    try:
        feed = read_feed(body, content_type=content_type, base_url=base_url)
    except FeedFault:
        return
    for item in feed.items:
        "".join((item.title, item.summary, item.text, item.link or "", item.guid or "")).encode()
        assert (item.link or "https://").startswith(("http://", "https://"))
        assert len(item.summary) <= 1000


@given(st.binary(max_size=300), st.none() | st.text(max_size=30))
@example(b"<rss version='2.0'><channel><item><title>\xff\xfe</title>", "text/xml; charset=utf-7")
@example(b"Lo\xa7\x94\x93", None)
def test_any_bytes_are_a_feed_or_a_fault(body: bytes, content_type: str | None) -> None:
    """Nothing but FeedFault is raised, whatever comes."""
    feed_or_fault(body, content_type)


@given(
    st.lists(pieces, max_size=40).map("".join), st.sampled_from(["utf-8", "utf-16", "latin-1"]), st.text(max_size=20)
)
def test_any_markup_is_a_feed_or_a_fault(markup: str, encoding: str, base_url: str) -> None:
    """Pieces of feeds in any order, with any address as base."""
    feed_or_fault(markup.encode(encoding, "replace"), base_url=base_url)


@given(st.lists(st.dictionaries(keys, values, max_size=6), max_size=3))
def test_any_json_is_a_feed_or_a_fault(entries: list[dict[str, object]]) -> None:
    """Values of any type in any place are passed over."""
    feed_or_fault(json.dumps({"items": entries}).encode())
