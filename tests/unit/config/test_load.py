"""From a file to a brand, or to every problem of the file at once."""

from __future__ import annotations

from datetime import timedelta
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from bot.brand import AtTimes, Backlog, Cap, FaqSource, FeedSource, FolderSource, Handoff, JoinIn, Model, Once, Template
from bot.config.load import LARGEST, load
from bot.errors import ConfigRefused
from bot.messages import PersonRef
from tests.unit.config.platforms import KINDS, TEN_LINES, TowerAccount, load_text, shown

FULL = """\
version: 1
brand:
  id: kopi-tani
  name: Kopi Tani
  bot_name: Tani
  voice: Warm and practical.
  never_say: [cheapest, guaranteed]
  languages: [id, en]
  privacy_policy: https://kopitani.example/privacy
store: {url: "${DATABASE_URL:-sqlite:///data/konektor.db}"}
platforms:
  tower: {token: "${TOWER_TOKEN:?create one at the tower}", receive: polling}
people:
  dewi: {tower: "184467", yard: [dewi, dee]}
defaults:
  timezone: Asia/Jakarta
  quiet_hours: "21:00-07:00"
  max_posts: 2 per day
  approval: none
communities:
  warung:
    platform: tower
    chat: -1001234567890
    topic: 12
    language: id
    character: Talk like a friendly barista.
    was: kedai
  roasters:
    platform: yard
    language: en
    timezone: Europe/London
    quiet_hours: none
    max_posts: 1 per day
sources:
  blog: {type: feed, url: "https://kopitani.example/feed.xml", check_every: 30m}
  faq: {type: faq, path: knowledge/faq.yaml}
  docs: {type: folder, path: knowledge/, glob: "**/*.txt"}
campaigns:
  new-posts:
    from: blog
    to: [warung, roasters]
    when: weekdays 09:00
    jitter: 10m
    if_missed: skip
    backlog: latest 1
    on_edit: ignore
    filter: {include_tags: [brewing], exclude_title: ["sponsored"]}
    utm: {source: "{{ platform }}", medium: community}
    template:
      default: |
        {{ post.title }}
        {{ link }}
      yard: {style: embed}
      id: "Baru: {{ post.title }} {{ link }}"
  christmas: {from: [blog], to: roasters, when: 2026-12-24 09:00, timezone: Europe/London, share_again: true}
answers:
  from: [faq, docs]
  speak_when: [mention, command]
  confidence: 0.4
  cite_sources: no
  handoff: {to: dewi, after: 20m}
  join_in: {wait: 20m, in: warung}
  model: {provider: openai-compatible, base_url: "http://127.0.0.1:8080/v1", model: small, key: "${TOWER_TOKEN}"}
  budget: {per_day: 50}
engagement:
  points: {message: 2, join: 3}
  half_life: 10d
  levels: {guest: 0, friend: 10}
  connectors: {window: 30d, min_people: 3}
  ignore: {bots: true, members: [dewi]}
privacy: {store_text: hash, keep: {events: 30d}, members_can: [optout]}
"""
FILES = {"knowledge/faq.yaml": "[]"}
ENVIRONMENT = {"TOWER_TOKEN": "the-very-secret"}


def test_ten_lines_are_enough(tmp_path: Path) -> None:
    """Everything else has a default; the only remark is that nothing is shared yet."""
    loaded = load_text(TEN_LINES, tmp_path)
    brand = loaded.brand_or_refuse()
    assert (brand.id, brand.id_is_given, brand.bot_name, brand.languages) == ("kopi-tani", False, "Kopi Tani", ("en",))
    assert brand.store_url == f"sqlite:///{tmp_path / 'data/konektor.db'}"
    warung = brand.communities["warung"]
    assert (warung.language, warung.timezone.key, warung.max_posts) == ("en", "UTC", Cap(count=2, per="day"))
    assert warung.quiet_hours is not None
    assert brand.answers.sources == ("blog",)
    assert brand.answers.speak_when == {"mention", "reply_to_bot", "command"}
    assert set(brand.accounts) == {"yard"}
    assert shown(loaded) == ["1:1 warning no campaign: nothing is shared; add one under campaigns:"]


def test_every_part_of_a_full_file_reaches_the_brand(tmp_path: Path) -> None:
    """Nothing that is written is lost on the way."""
    loaded = load_text(FULL, tmp_path, environment=ENVIRONMENT, files=FILES)
    assert shown(loaded) == []
    brand = loaded.brand_or_refuse()
    assert (brand.id, brand.id_is_given, brand.bot_name) == ("kopi-tani", True, "Tani")
    assert brand.never_say == ("cheapest", "guaranteed")
    account = brand.accounts["tower"].settings
    assert isinstance(account, TowerAccount)
    assert account.token.get_secret_value() == "the-very-secret"
    dewi = (
        PersonRef(platform="tower", id="184467"),
        PersonRef(platform="yard", id="dewi"),
        PersonRef(platform="yard", id="dee"),
    )
    assert brand.people == {"dewi": dewi}
    warung, roasters = brand.communities["warung"], brand.communities["roasters"]
    assert (warung.place.posts.space, warung.place.own_thread, warung.was) == ("-1001234567890", True, "kedai")
    assert (warung.timezone.key, warung.max_posts) == ("Asia/Jakarta", Cap(count=2, per="day"))
    assert (roasters.timezone.key, roasters.quiet_hours, roasters.max_posts) == (
        "Europe/London",
        None,
        Cap(count=1, per="day"),
    )
    knowledge = tmp_path / "knowledge"
    assert brand.sources == {
        "blog": FeedSource(key="blog", url="https://kopitani.example/feed.xml", check_every=timedelta(minutes=30)),
        "faq": FaqSource(key="faq", path=knowledge / "faq.yaml"),
        "docs": FolderSource(key="docs", path=knowledge, glob="**/*.txt"),
    }
    assert brand.answers.handoff == Handoff(to="dewi", after=timedelta(minutes=20))
    assert brand.answers.join_in == JoinIn(wait=timedelta(minutes=20), per_day=3, communities=frozenset({"warung"}))
    assert brand.answers.model == Model(
        base_url="http://127.0.0.1:8080/v1",
        name="small",
        key="the-very-secret",
        timeout=timedelta(seconds=8),
        per_day=50,
    )
    assert "the-very-secret" not in repr(brand.answers.model)
    assert (brand.answers.confidence, brand.answers.cite_sources) == (0.4, False)
    assert (brand.engagement.points["message"], brand.engagement.points["join"]) == (2, 3)
    assert brand.engagement.points["reply_received"] == 2
    assert brand.engagement.levels == {"guest": 0, "friend": 10}
    assert brand.engagement.ignored == frozenset(dewi)
    assert (brand.privacy.store_text, brand.privacy.keep_events, brand.privacy.keep_questions) == (
        "hash",
        timedelta(days=30),
        timedelta(days=90),
    )


def test_every_part_of_a_campaign_reaches_the_brand(tmp_path: Path) -> None:
    """A template that gives only a style keeps the text of the default."""
    brand = load_text(FULL, tmp_path, environment=ENVIRONMENT, files=FILES).brand_or_refuse()
    campaign = brand.campaigns["new-posts"]
    assert isinstance(campaign.when, AtTimes)
    assert (campaign.sources, campaign.communities) == (("blog",), ("warung", "roasters"))
    assert (campaign.jitter, campaign.if_missed, campaign.backlog) == (timedelta(minutes=10), None, Backlog(latest=1))
    assert (campaign.filter.include_tags, campaign.filter.exclude_title) == (("brewing",), ("sponsored",))
    assert campaign.utm == {"source": "{{ platform }}", "medium": "community"}
    text = "{{ post.title }}\n{{ link }}\n"
    assert campaign.templates == {
        "default": Template(text=text),
        "yard": Template(text=text, style="embed"),
        "id": Template(text="Baru: {{ post.title }} {{ link }}"),
    }
    christmas = brand.campaigns["christmas"]
    assert isinstance(christmas.when, Once)
    assert christmas.when.at.utcoffset() == timedelta(0)
    assert (christmas.share_again, christmas.templates) == (True, {})


PLANTED = """\
version: 1
brand:
  name: Kopi Tani
  langauges: [id]
  privacy_policy: kopitani.example
platforms:
  tower: {token: "${TOWER_TOKEN}"}
people:
  dewi: {tower: "@dewi"}
  budi: {twoer: "17"}
communities:
  warung: {platform: tower, chat: "-100", timezone: Asia/Jakrta, quiet_hours: all night}
  roasters: {platform: yrad}
  garden: {platform: yard, max_posts: 3 per month, link_budget: 3}
sources:
  blog: {type: feed, url: "https://kopitani.example/feed.xml"}
  blog: {type: feed, url: "https://kopitani.example/other.xml"}
  faq: {type: faq, path: knowledge/faq.yaml}
  news: {type: feeed, url: "https://kopitani.example/news.xml"}
campaigns:
  new-posts:
    from: blgo
    to: [warnug, garden]
    when: mondy 09:00
    jitter: ten minutes
    filter: {exclude_title: ["(?=ad)"]}
    templte: "{{ link }}"
    template:
      default: |
        {{ post.title }}
        {{ post.sumary }}
      yard: {{ link }}
    digest: {period: 7 moons}
  old:
    from: blog
    to: [garden, #general]
    when: {cron: "0 9 * *"}
answers:
  speak_when: [mention, question]
  handoff: {to: dwei}
  cite_sources: perhaps
engagement: {levels: {regular: many}}
privacy: {store_text: some, keep: *all}
webb: 1
"""


_NO_VARIABLE = (
    "7:19 error the environment variable TOWER_TOKEN is not set; set it, or TOWER_TOKEN_FILE to a file that holds it"
)
_NO_PATTERN = (
    "26:30 error this pattern can't be used (invalid perl operator: (?=); "
    "patterns are RE2: no look-around, no back-references"
)
_NO_QUOTES = (
    '32:13 error text with {{ … }} or {% … %} must be in quotes; write "{{ … }}", or put it on its own lines after |'
)


def test_errors_of_every_kind_are_told_in_one_run_sorted_by_place(tmp_path: Path) -> None:
    """No slip hides another, whatever its kind: syntax, unknown keys, values, references, templates, secrets."""
    loaded = load_text(PLANTED, tmp_path)
    assert loaded.brand is None
    assert [said.replace(tmp_path.name, "FOLDER") for said in shown(loaded)] == [
        '4:3 error no key "langauges" here; did you mean "languages"?',
        '5:19 error "kopitani.example" is no web address; it begins with https:// (or http://)',
        _NO_VARIABLE,
        "9:17 error @dewi is a name, and names can be taken over by others; write the person's number, such as 184467",
        '10:10 error no platform "twoer"; did you mean "tower"?',
        '12:53 error "Asia/Jakrta" is no time zone; did you mean "Asia/Jakarta"?',
        '12:79 error "all night" are no quiet hours; write "21:00-07:00", or none',
        '13:24 error no platform "yrad"; did you mean "yard"?',
        '14:39 error caps count a day or a week, not a month; write "2 per day" or "5 per week"',
        '14:65 error link_budget has keys of its own below it, not "3"',
        '17:3 error "blog" is given twice; the first is in line 16; keep one',
        '18:26 error no file "knowledge/faq.yaml"; paths are relative to FOLDER/',
        '19:16 error "feeed" is not known here; did you mean "feed"?',
        '22:11 error no source "blgo"; did you mean "blog"?',
        '23:10 error no community "warnug"; did you mean "warung"?',
        '24:11 error "mondy" is no day; did you mean "monday"?',
        '25:13 error "ten minutes" is no duration; write a number and s, m, h, d or w, such as 15m, 3h or 7d',
        _NO_PATTERN,
        '27:5 error no key "templte" here; did you mean "template"?',
        '31:9 error no "post.sumary" in templates; did you mean "post.summary"?',
        _NO_QUOTES,
        '33:22 error "7 moons" is no duration; write a number and s, m, h, d or w, such as 15m, 3h or 7d',
        '36:18 error #general begins a comment, so the rest of the line is lost; put it in quotes: "#general"',
        '37:18 error "0 9 * *" must have five fields: minute hour day-of-month month weekday',
        "39:25 error question is not built yet; use mention, reply_to_bot, command or remove it",
        '40:17 error no person "dwei"; did you mean "dewi"?',
        '41:17 error "perhaps" is neither true nor false',
        '42:32 error "many" is no number',
        '43:23 error "some" is not known here; use none, hash, full',
        "43:35 error aliases (*name) are not used here; write the value out, or quote the text if it begins with *",
        '44:1 error no key "webb" here; did you mean "web"?',
    ]


def test_a_problem_shows_its_line_and_a_caret(tmp_path: Path) -> None:
    """As compilers do, so that editors can jump there."""
    text = TEN_LINES + "campaigns:\n  new:\n    from: blog\n    to: [warnug, warung]\n    when: as_published\n"
    (problem,) = load_text(text, tmp_path).problems
    assert str(problem) == (
        f'{tmp_path}/config.yaml:13:10: error: no community "warnug"; did you mean "warung"?\n'
        "    to: [warnug, warung]\n"
        "         ^"
    )


def test_a_section_that_can_not_be_read_hides_neither_others_nor_is_it_missed(tmp_path: Path) -> None:
    """References into it are not called wrong, since nobody knows what it holds."""
    text = TEN_LINES.replace("    type: feed\n", "    type: 'feed\n") + ""
    text = "answers: {confidence: sure, from: [blog]}\n" + text
    assert shown(load_text(text, tmp_path)) == [
        '1:23 error "sure" is no confidence; write careful, balanced, eager or a number from 0 to 1',
        "9:11 error this quote is never closed; add the closing quote, or write '' for an apostrophe inside '…'",
    ]


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        (
            "brand: {name: X}\n",
            [
                "1:1 error communities is missing; name at least one place to be in",
                "1:1 error sources is missing; add it",
            ],
        ),
        (TEN_LINES.replace("  name: Kopi Tani\n", "  id: kopi\n"), ["1:1 error name is missing; add it"]),
        (
            TEN_LINES.replace("name: Kopi Tani", "name:"),
            ["2:3 error name has no value; write one, or remove it", "1:1 error name is missing; add it"],
        ),
        (
            TEN_LINES.replace("name: Kopi Tani", "name: コーヒー"),
            ["2:9 error no id can be made of this name; add brand.id: a short word"],
        ),
        (TEN_LINES.replace("    platform: yard\n", "    language: id\n"), ["4:3 error platform is missing; add it"]),
        (
            TEN_LINES.replace("platform: yard", "plaform: yard"),
            ['5:5 error no key "plaform" here; did you mean "platform"?'],
        ),
        (
            TEN_LINES.replace("platform: yard", "platform: tower"),
            ["4:3 error chat is missing; add it", "5:15 error tower needs an account; add it under platforms: tower"],
        ),
        (
            TEN_LINES.replace("    platform: yard", "    platform: yard\n    chat: '-1'"),
            ['6:5 error no key "chat" here; known are timezone, quiet_hours, max_posts, lull,'],
        ),
        (
            TEN_LINES.replace("  warung:", "  all:"),
            ['4:3 error "all" can\'t be a key, it has a meaning of its own; choose another word'],
        ),
        (TEN_LINES.replace("type: feed", "path: x"), ["7:3 error type is missing; add type: feed, faq or folder"]),
        (TEN_LINES.replace("type: feed", "type: submissions"), ["8:11 error submissions is not built yet; remove it"]),
        (
            TEN_LINES.replace("type: feed\n    url: https://kopitani.example/feed.xml", "{type: faq, path: faq.yaml}"),
            ["8:23 error no file"],
        ),
        ("version: 2\n" + TEN_LINES, ['1:10 error "2" is not known here; use 1']),
        ("include: [x.yaml]\n" + TEN_LINES, ["1:1 error include is not built yet; remove this line"]),
        (
            "store: {url: mysql://x/y}\n" + TEN_LINES,
            ["1:14 error this is no address of a database; write sqlite:///path or postgresql://user@host/name"],
        ),
        (
            "privacy: {members_can: [forgte]}\n" + TEN_LINES,
            ['1:25 error "forgte" is not known here; did you mean "forget"?'],
        ),
        ("privacy: strict\n" + TEN_LINES, ['1:10 error privacy has keys of its own below it, not "strict"']),
        ("answers: [a]\n" + TEN_LINES, ["1:10 error answers has keys of its own below it, not this"]),
    ],
)
def test_a_slip_is_told_with_its_place_and_what_to_do(text: str, expected: list[str], tmp_path: Path) -> None:
    """One at a time, so that each is the whole answer."""
    found = shown(load_text(text, tmp_path))
    for one in expected:
        assert any(said.startswith(one) for said in found), found
    assert len(found) == len(expected)


def test_what_a_file_says_twice_or_not_at_all_is_told(tmp_path: Path) -> None:
    """One place is one community, and a history has one heir."""
    text = """\
brand: {name: Kopi Tani}
platforms: {tower: {token: "${T}"}}
communities:
  a: {platform: tower, chat: "-1", was: c}
  b: {platform: tower, chat: "-1", was: c}
  d: {platform: yard, was: a}
sources:
  blog: {type: feed, url: "https://kopitani.example/feed.xml", was: blog}
"""
    assert shown(load_text(text, tmp_path, environment={"T": "secret"})) == [
        '5:3 error b lives in the same place as "a"; give each a place of its own, or keep one',
        '5:41 error "a" was "c" already; a history goes on under one key',
        '6:28 error "a" is still there; `was` names the key an entry had before it was renamed',
        '8:69 error "blog" is still there; `was` names the key an entry had before it was renamed',
    ]


def test_a_campaign_shares_feeds_and_in_known_words(tmp_path: Path) -> None:
    """What has no items can't be shared, and empty lists mean nothing."""
    text = TEN_LINES + (
        "  faq: {type: faq, path: faq.yaml}\n"
        "campaigns:\n"
        "  a: {from: faq, to: [], when: as_published, template: {yrad: x}}\n"
    )
    assert shown(load_text(text, tmp_path, files={"faq.yaml": "[]"})) == [
        '12:13 error "faq" is no feed, and a campaign shares what a feed brings; answers use the others',
        "12:22 error the list is empty; name at least one",
        '12:57 error "yrad" is no community, platform or language; did you mean "yard"?',
    ]


def test_a_community_speaks_what_the_brand_speaks(tmp_path: Path) -> None:
    """A language the brand does not name has no texts; a brand that names none speaks what its communities do."""
    spoken = TEN_LINES.replace("    platform: yard\n", "    platform: yard\n    language: id\n")
    assert load_text(spoken, tmp_path).brand_or_refuse().languages == ("id",)
    named = spoken.replace("  name: Kopi Tani\n", "  name: Kopi Tani\n  languages: [en]\n")
    assert shown(load_text(named, tmp_path)) == ['7:15 error "id" is not among brand.languages; add it there']


def test_a_file_that_can_not_be_read_is_one_problem(tmp_path: Path) -> None:
    """Missing, no text, or too large: said once, with what to do."""

    def said(path: Path) -> list[str]:
        return shown(load(path, kinds=KINDS, environment={}))

    path = tmp_path / "config.yaml"
    assert said(path) == ["1:1 error this file can't be read (No such file or directory); `konektor init` writes one"]
    path.write_bytes(b"brand:\n  name: caf\xe9\n")
    assert said(path) == ["2:1 error this is not UTF-8 text; save the file as UTF-8"]
    path.write_bytes(b"#" * (LARGEST + 1))
    assert said(path) == ["1:1 error this file is larger than 256 KB; move long texts into knowledge files"]


def test_windows_files_are_read_like_others(tmp_path: Path) -> None:
    """A byte order mark and carriage returns are no part of the text."""
    path = tmp_path / "config.yaml"
    path.write_bytes(b"\xef\xbb\xbf" + TEN_LINES.replace("\n", "\r\n").encode())
    assert load(path, kinds=KINDS, environment={}).errors == ()


def test_whoever_needs_a_brand_gets_every_error_when_there_is_none(tmp_path: Path) -> None:
    """The text of the refusal is the list as it is printed."""
    with pytest.raises(ConfigRefused) as refused:
        load_text("brand: {}\n", tmp_path).brand_or_refuse()
    assert [str(problem).split("error: ")[1].split("\n")[0] for problem in refused.value.problems] == [
        "communities is missing; name at least one place to be in",
        "name is missing; add it",
        "sources is missing; add it",
    ]


@settings(max_examples=150, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(data=st.data())
def test_no_change_of_a_file_makes_loading_fail(data: st.DataObject, tmp_path: Path) -> None:
    """Whatever a slip of the hand does, there is a brand, or an error that says where."""
    start = data.draw(st.integers(0, len(FULL)))
    length = data.draw(st.integers(0, 40))
    written = data.draw(st.text(alphabet="ab1:-{}[]'\"#@&*|>%${ \n\t", max_size=12))
    text = FULL[:start] + written + FULL[start + length :]
    loaded = load_text(text, tmp_path, environment=ENVIRONMENT, files=FILES)
    assert (loaded.brand is None) == bool(loaded.errors)
    assert "the-very-secret" not in "".join(map(str, loaded.problems))
    lines = text.split("\n")
    assert all(1 <= problem.line <= len(lines) for problem in loaded.problems)


def test_a_comma_in_braces_is_explained(tmp_path: Path) -> None:
    """Two times of day in a one-line campaign are two keys to YAML."""
    text = TEN_LINES + "campaigns:\n  a: {from: blog, to: warung, when: day 09:00,17:00}\n"
    (said,) = shown(load_text(text, tmp_path))
    assert said == (
        "11:47 error 17:00 has no value; "
        "if it belongs to the text before, put that in quotes: a comma inside {…} begins the next key"
    )


@pytest.mark.parametrize(
    ("model", "said"),
    [
        ("{provider: openai-compatible, model: small}", "provider: openai-compatible needs base_url and model"),
        (
            '{provider: openai-compatible, base_url: "http://127.0.0.1/v1", model: small, key: abcdefghijkl}',
            'key is a secret and must not be written here; write "${KEY}" and set that variable in the environment',
        ),
    ],
)
def test_a_model_needs_its_address_and_keeps_its_key_out_of_the_file(model: str, said: str, tmp_path: Path) -> None:
    """Both are told with what to do."""
    (problem,) = shown(load_text(f"{TEN_LINES}answers: {{model: {model}}}\n", tmp_path))
    assert said in problem
    assert "abcdefghijkl" not in problem
