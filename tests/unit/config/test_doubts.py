"""What is valid but perhaps not meant."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest

from bot.ports.platform import Character
from tests.unit.config.platforms import KINDS, TEN_LINES, load_text, shown

CAMPAIGN = "campaigns:\n  a: {from: blog, to: warung, when: weekdays 09:00}\n"


def _warned(tmp_path: Path, text: str) -> list[str]:
    loaded = load_text(text, tmp_path, files={"faq.yaml": "[]"})
    assert loaded.errors == ()
    return shown(loaded)


def test_a_plain_file_raises_no_doubt(tmp_path: Path) -> None:
    """A warning that comes always is read never."""
    assert _warned(tmp_path, TEN_LINES + CAMPAIGN) == []


def test_a_campaign_that_is_always_in_quiet_hours_waits(tmp_path: Path) -> None:
    """The warning says until when."""
    late = CAMPAIGN.replace("weekdays 09:00", "every day 22:30")
    (warned,) = _warned(tmp_path, TEN_LINES + late)
    assert warned == (
        "11:37 warning this is always in the quiet hours of warung (22:30 there); "
        "its posts wait until 07:00; each_community_time: true takes that community's own time"
    )
    assert _warned(tmp_path, TEN_LINES + late.replace("every day 22:30", "'every day 22:30,09:00'")) == []


def test_quiet_hours_are_those_of_the_community(tmp_path: Path) -> None:
    """09:00 in Jakarta is the night in London."""
    text = TEN_LINES.replace("    platform: yard\n", "    platform: yard\n    timezone: Europe/London\n")
    text += CAMPAIGN.replace("}", ", timezone: Asia/Jakarta}")
    assert [said.split(";")[0] for said in _warned(tmp_path, text)] == [
        "12:37 warning this is always in the quiet hours of warung (02:00 there)"
    ]
    assert _warned(tmp_path, text.replace("timezone: Asia/Jakarta", "each_community_time: true")) == []


@pytest.mark.parametrize(
    ("cap", "when", "said"),
    [
        ("1 per day", "every day 09:00,15:00", "this asks for 2 posts per day, and warung allows 1"),
        ("2 per week", "weekdays 09:00", "this asks for 5 posts per week, and warung allows 2"),
        ("0 per day", "weekdays 09:00", "nothing is ever posted in warung"),
    ],
)
def test_a_cap_below_what_is_asked_is_doubted(cap: str, when: str, said: str, tmp_path: Path) -> None:
    """More is asked for than may be posted."""
    text = TEN_LINES + f"defaults: {{max_posts: {cap}}}\n" + CAMPAIGN.replace("weekdays 09:00", f'"{when}"')
    (warned,) = _warned(tmp_path, text)
    assert f"warning {said};" in warned


def test_two_campaigns_with_one_source_in_one_community_are_doubted(tmp_path: Path) -> None:
    """Once for the pair, and not where the second says it is meant."""
    second = "  b: {from: blog, to: [warung], when: as_published}\n"
    (warned,) = _warned(tmp_path, TEN_LINES + CAMPAIGN + second)
    assert warned.startswith('12:19 warning "a" shares blog in warung too; an item goes to whichever is first;')
    assert _warned(tmp_path, TEN_LINES + CAMPAIGN + second.replace("}", ", share_again: true}")) == []


@pytest.mark.parametrize(
    ("first", "second", "apart"),
    [
        ("include_tags: [english]", "include_tags: [bahasa]", True),
        ("include_tags: [News]", "exclude_tags: [news, ads]", True),
        ("exclude_title: [recipe]", "include_title: [Recipe]", True),
        ("include_tags: [news, english]", "include_tags: [english]", False),
        ("include_tags: [news]", "exclude_title: [recipe]", False),
    ],
)
def test_campaigns_set_apart_by_their_filters_are_not_doubted(
    first: str, second: str, *, apart: bool, tmp_path: Path
) -> None:
    """Where one leaves out what the other takes, both are meant."""
    text = TEN_LINES + CAMPAIGN.replace("}", f", filter: {{{first}}}}}")
    text += f"  b: {{from: blog, to: warung, when: as_published, filter: {{{second}}}}}\n"
    assert (_warned(tmp_path, text) == []) == apart


def test_levels_that_do_not_rise_are_doubted(tmp_path: Path) -> None:
    """Nobody would reach the one that stands higher and asks for less."""
    text = TEN_LINES + CAMPAIGN + "engagement: {levels: {guest: 0, friend: 50, champion: 50}}\n"
    assert _warned(tmp_path, text) == [
        '12:45 warning level "champion" (50) is not above "friend" (50); write levels in rising order'
    ]


def test_a_post_that_would_be_too_long_is_doubted(tmp_path: Path) -> None:
    """Tried with an ordinary post on the community's own platform."""
    text = TEN_LINES + CAMPAIGN.replace("}", ', template: {yard: "{{ post.summary }}{{ post.summary }}", id: x}}')
    (warned,) = _warned(tmp_path, text)
    assert warned == (
        "11:64 warning an ordinary post is 558 long here, and yard takes 400; "
        "shorten it: {{ post.summary | truncate(180) }}"
    )


def test_what_is_not_used_is_doubted(tmp_path: Path) -> None:
    """A source nobody names, an account nobody lives on, a campaign that rests."""
    text = TEN_LINES + (
        "  faq: {type: faq, path: faq.yaml}\n"
        "answers: {from: blog}\n"
        "campaigns:\n  a: {from: blog, to: warung, when: as_published, enabled: false}\n"
        "platforms: {tower: {token: '${T:-x}'}}\n"
    )
    assert _warned(tmp_path, text) == [
        "10:3 warning faq is used by nothing; name it in a campaign's or answers' from:, or remove it",
        "13:51 warning a rests; enabled: true wakes it",
        "14:13 warning no community is on tower; add one, or remove it",
    ]


def test_a_person_who_can_not_be_called_is_doubted(tmp_path: Path) -> None:
    """Who takes over must be known where members ask."""
    text = TEN_LINES + CAMPAIGN + 'people: {dewi: {tower: "17"}}\nanswers: {handoff: {to: dewi}}\n'
    assert _warned(tmp_path, text) == [
        "13:25 warning dewi has no id on yard, so can't be called in warung; add it under people: dewi"
    ]


@pytest.mark.parametrize(
    ("approval", "said"),
    [
        ("none", "6:5 warning warung has editors, and no post waits for them"),
        ("always", "7:5 warning nobody is named under people on yard, so nobody can approve in that channel"),
    ],
)
def test_editors_who_never_decide_are_doubted(tmp_path: Path, approval: str, said: str) -> None:
    """Either nothing is asked of them, or none of them is known."""
    rows = f"    platform: yard\n    approval: {approval}\n" if approval != "none" else "    platform: yard\n"
    text = TEN_LINES.replace("    platform: yard\n", f'{rows}    editors: {{channel: "desk"}}\n') + CAMPAIGN
    assert [line.split(";")[0] for line in _warned(tmp_path, text)] == [said]


def test_the_development_switch_is_loud(tmp_path: Path) -> None:
    """Reading private addresses is nothing for production."""
    text = TEN_LINES + CAMPAIGN + "feeds: {allow_private_addresses: true}\nprivacy: {names: all}\n"
    assert [said.split(";")[0] for said in _warned(tmp_path, text)] == [
        "12:9 warning FEEDS MAY BE READ FROM THIS MACHINE AND PRIVATE NETWORKS",
        "13:11 warning members appear in reports by name without having agreed",
    ]


@pytest.mark.parametrize(
    ("cap", "often"),
    [
        ("3 per day", "3 posts per day"),
        ("15 per week", "15 posts per week"),
        ("none", "any number of posts a day"),
        ("2 per day", None),
        ("14 per week", None),
    ],
)
def test_more_posts_than_a_platform_takes_kindly_are_doubted(cap: str, often: str | None, tmp_path: Path) -> None:
    """Each platform has its own character, and a guide that says more of it."""
    sensitive = {"yard": replace(KINDS["yard"], character=Character(posts_a_day=2))}
    text = TEN_LINES + f"defaults: {{max_posts: {cap}}}\n" + CAMPAIGN
    warned = shown(load_text(text, tmp_path, files={"faq.yaml": "[]"}, kinds=sensitive))
    expected = (
        f"4:3 warning warung may get {often}, and people on yard put up with few; "
        "max_posts: 2 per day; docs/yard.md says what they resent"
    )
    assert warned == ([] if often is None else [expected])


def test_links_that_track_are_doubted_where_they_give_offence(tmp_path: Path) -> None:
    """And nowhere else."""
    text = TEN_LINES + CAMPAIGN.replace("}", ", utm: {source: yard}}")
    wary = {"yard": replace(KINDS["yard"], character=Character(posts_a_day=2, resents_tracking=True))}
    (warned,) = shown(load_text(text, tmp_path, files={"faq.yaml": "[]"}, kinds=wary))
    assert "tell where a reader comes from, which people on yard resent; a campaign of its own without utm" in warned
    assert _warned(tmp_path, text) == []
