"""What is read from documents and folders."""

from __future__ import annotations

from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from bot.errors import SettingsFault
from bot.knowledge.documents import items_from_document, slug_heading
from bot.knowledge.folder import LARGEST_DOCUMENT, read_folder
from bot.ports.answering import KnowledgeItem

MARKDOWN = """---
title: not shown
---
Before any heading.

# Brewing guide

## V60 & filters

Use **15 grams** of [coffee](https://a.example).
Water at `93` degrees.

- rinse the paper
- pour slowly

## Empty

## V60 & filters

Again.
"""
HTML = b"""<html><head><title>t</title></head><body><h1>Toko &amp; kedai</h1><p>Buka <b>setiap</b> hari.</p>
<script>alert(1)</script><!-- secret --><ul><li>Senin</li><li>Selasa</li></ul><h2>Alamat</h2>
<p>Jalan&nbsp;Braga<br>Bandung</p></body>"""


def read(content: str | bytes, path: str) -> tuple[KnowledgeItem, ...]:
    """The items of a document of the source "docs"."""
    raw = content.encode() if isinstance(content, str) else content
    return items_from_document(raw, path=path, source="docs", languages=("id", "en"))


def test_markdown_is_cut_at_its_headings() -> None:
    """Each section that says something is an item, named by path and heading, titled by the way to it."""
    assert [(item.item, item.title, item.text) for item in read(MARKDOWN, "a/brew.md")] == [
        ("a/brew.md", "brew", "Before any heading."),
        (
            "a/brew.md#v60-filters",
            "Brewing guide \u203a V60 & filters",
            "Use 15 grams of coffee. Water at 93 degrees.\n\nrinse the paper\npour slowly",
        ),
        ("a/brew.md#v60-filters-1", "Brewing guide \u203a V60 & filters", "Again."),
    ]


def test_html_is_reduced_to_its_text() -> None:
    """Headings cut, tags, scripts and comments are gone, entities are characters."""
    assert [(item.item, item.text) for item in read(HTML, "toko.html")] == [
        ("toko.html#toko-kedai", "Buka setiap hari.\n\nSenin\nSelasa"),
        ("toko.html#alamat", "Jalan Braga\nBandung"),
    ]


def test_plain_text_is_one_item_in_its_language() -> None:
    """Its title comes from the file's name."""
    (item,) = read("Kami buka setiap hari.\r\n\r\nDatang ya.", "jam_buka.txt")
    assert (item.item, item.title, item.text, item.language) == (
        "jam_buka.txt",
        "jam buka",
        "Kami buka setiap hari.\n\nDatang ya.",
        "id",
    )


@pytest.mark.parametrize(
    ("content", "path", "said"),
    [
        (b"%PDF-1.7", "menu.pdf", "menu.pdf: PDF documents can't be read yet"),
        (b"", "a.docx", "a.docx: documents of this kind can't be read"),
        (b"\xff\xfe\x00", "a.md", "a.md: not UTF-8 text"),
        (b"a\x00b", "a.txt", "a.txt: holds binary data"),
    ],
)
def test_what_cannot_be_read_is_said(content: bytes, path: str, said: str) -> None:
    """With the path and what to do."""
    with pytest.raises(SettingsFault, match=said):
        read(content, path)


@pytest.mark.parametrize(
    ("heading", "slug"), [("V60 & filters", "v60-filters"), ("Cara kerja?", "cara-kerja"), ("🙏", "section")]
)
def test_headings_are_named_as_in_links(heading: str, slug: str) -> None:
    """Lower case, hyphens, no punctuation."""
    assert slug_heading(heading) == slug


@settings(max_examples=100)
@given(st.text(max_size=300) | st.text(st.sampled_from("#-*_`>[]()!|<>ab1 \n"), max_size=300))
def test_any_document_gives_named_items(text: str) -> None:
    """Whatever is in it, each item has a name of its own and something to say."""
    for path in ("a.md", "a.html", "a.txt"):
        try:
            items = read(text.encode("utf-8", "replace"), path)
        except SettingsFault:
            continue
        assert len({item.item for item in items}) == len(items)
        assert all(item.text.strip() and item.title.strip() for item in items)


def test_a_folder_is_read_in_order(tmp_path: Path) -> None:
    """What the glob matches, hidden files and other kinds left out."""
    for name in ("b.md", "a/c.md", ".hidden.md", "a/photo.png", "d.txt"):
        (tmp_path / name).parent.mkdir(exist_ok=True)
        (tmp_path / name).write_text("Text.", encoding="utf-8")
    read_all = read_folder(tmp_path, glob="**/*", source="docs", languages=("en",))
    assert ([item.item for item in read_all.items], read_all.problems) == (["a/c.md", "b.md", "d.txt"], ())
    only = read_folder(tmp_path, glob="**/*.md", source="docs", languages=("en",))
    assert [item.item for item in only.items] == ["a/c.md", "b.md"]


def test_a_bad_document_harms_only_itself(tmp_path: Path) -> None:
    """Too large, leading out of the folder, unreadable: each is a problem, the rest is read."""
    outside = tmp_path / "secret.md"
    outside.write_text("secret", encoding="utf-8")
    folder = tmp_path / "docs"
    folder.mkdir()
    (folder / "good.md").write_text("Good.", encoding="utf-8")
    (folder / "huge.md").write_bytes(b"x" * (LARGEST_DOCUMENT + 1))
    (folder / "link.md").symlink_to(outside)
    (folder / "lost.md").symlink_to(folder / "nowhere.md")
    (folder / "menu.pdf").write_bytes(b"%PDF")
    found = read_folder(folder, glob="**/*", source="docs", languages=("en",))
    assert [item.text for item in found.items] == ["Good."]
    assert [problem.split(":")[0] for problem in found.problems] == ["huge.md", "link.md", "lost.md", "menu.pdf"]


def test_a_glob_cannot_leave_the_folder(tmp_path: Path) -> None:
    """Neither by dots nor by an absolute path."""
    (tmp_path / "secret.md").write_text("secret", encoding="utf-8")
    (tmp_path / "docs").mkdir()
    assert read_folder(tmp_path / "docs", glob="../*.md", source="docs", languages=("en",)).items == ()
    with pytest.raises(SettingsFault, match="glob"):
        read_folder(tmp_path / "docs", glob="/etc/*", source="docs", languages=("en",))


def test_a_missing_folder_is_said(tmp_path: Path) -> None:
    """With the source to correct."""
    with pytest.raises(SettingsFault, match="no such folder; correct `path` of the source 'docs'"):
        read_folder(tmp_path / "nowhere", glob="**/*", source="docs", languages=("en",))


@pytest.mark.parametrize(
    ("html", "text"),
    [
        ('<p title="a > b">one</p>', "one"),
        ("<p>if a < b and b > c</p>", "if a < b and b > c"),
        ("one<!-- <p>two</p> -->three", "onethree"),
        ("one<!-- two", "one"),
        ("<script>if (a<b) {}</script>one", "one"),
        ("<p>one<br/>two</p>", "one\ntwo"),
        ("<table><tr><td>Senin</td><td>08.00</td></tr><tr><td>Minggu</td><td>tutup</td></tr></table>", ""),
        ("<nav>menu</nav><p>one &lt;b&gt;</p>", "one <b>"),
        ("one <a href=x", "one <a href=x"),
    ],
)
def test_html_in_bad_shape_is_read_all_the_same(html: str, text: str) -> None:
    """Quotes, lone brackets and unfinished tags lose no words."""
    expected = text or "Senin 08.00\n\nMinggu tutup"
    assert [item.text for item in read(html, "a.html")] == [expected]


@pytest.mark.parametrize(
    "piece", ["<a ", "<", "</a ", "<div>", '<a x="', "<!--", "<!", "<script", "<a x=\"'>", "&#", "<b><i><p>"]
)
def test_hostile_html_takes_no_longer_than_its_length(piece: str) -> None:
    """Ten thousand unfinished or nested tags are read; what takes quadratic time would never end here."""
    read(piece * 60_000, "a.html")
