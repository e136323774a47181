"""How a post reads: the marketer's template over the outside world's words, and nothing beyond."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.brand import Template
from bot.campaigns.render import NotRendered, Rendered, add_to_query, choose_template, forbidden_words, render, tidy
from bot.messages import LinkCard
from bot.ports.platform import PlatformLimits
from bot.ports.records import Post
from tests.unit.campaigns.sample import COMMUNITY, a_campaign, a_post
from tests.unit.conversation.sample import BRAND

PLAIN = PlatformLimits(text_length=2000)
CARDS = PlatformLimits(text_length=2000, card_title=20, card_description=10)


def rendered(
    text: str = "{{ post.title }}",
    *,
    post: Post | None = None,
    style: str = "text",
    limits: PlatformLimits = PLAIN,
    never_say: tuple[str, ...] = (),
    **campaign: Any,
) -> Rendered | NotRendered:
    """Render a post by one template for the warung."""
    template = Template(text=text, style=style)  # type: ignore[arg-type]  # one of the two words
    return render(
        post or a_post("p1"),
        brand=replace(BRAND, never_say=never_say),
        campaign=a_campaign(templates={"default": template}, **campaign),
        community=COMMUNITY,
        limits=limits,
        built_in="built in: {{ post.title }}",
    )


def words(made: Rendered | NotRendered) -> str:
    """Return what is said, or the reason why nothing is."""
    return made.reason if isinstance(made, NotRendered) else "".join(span.text for span in made.spans)


def test_a_template_names_the_post_and_where_it_goes() -> None:
    """Everything the guide promises is there."""
    text = "{{ post.title }}|{{ post.summary }}|{{ post.author }}|{{ post.tags | join(',') }}|{{ link }}|"
    text += "{{ brand }}|{{ community }}|{{ platform }}"
    post = a_post("p1", tags=("a", "b"), author=None)
    expected = "Title of p1|A summary.||a,b|https://kopi.example/p1|Kopi Tani|warung|sandbox"
    assert words(rendered(text, post=post)) == expected


@pytest.mark.parametrize(
    "text",
    [
        "{{ ''.__class__.__mro__ }}",
        "{{ post.__init__.__globals__ }}",
        "{{ brand.format.__globals__ }}",
        "{{ '{0.__class__}'.format(brand) }}",
        "{{ cycler.__init__.__globals__.os }}",
        "{{ self.__init__ }}",
        "{% for n in range(10 ** 9) %}x{% endfor %}",
        "{{ post.titel }}",
        "{{ nothing }}",
        "{{ post.tags[7] }}",
        "{{ 1 / 0 }}",
        "{{ post.title + 1 }}",
        "{{ post.tags | first | upper }}",
        "{% include 'config.yaml' %}",
    ],
)
def test_a_template_that_reaches_out_or_slips_says_nothing(text: str) -> None:
    """The sandbox and strict names refuse it, and it is told which template failed on which post."""
    assert words(rendered(text)).startswith("the template of news fails on “Title of p1”: ")


@given(title=st.text(st.characters(exclude_categories=["Cs", "Cc", "Zl", "Zp"]), min_size=1, max_size=60))
def test_a_title_is_data(title: str) -> None:
    """Whatever it holds (braces, markup, mentions) is said as it stands."""
    assert words(rendered("x{{ post.title }}x", post=a_post("p1", title=title))) == f"x{title}x"


def test_a_post_of_nothing_is_not_said() -> None:
    """A template that makes only white space is refused by name."""
    assert words(rendered(" \n{{ post.author }}")) == "the template of news makes nothing of “Title of p1”"


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("It is the BEST coffee", "best"),
        ("bestseller", None),
        ("the bést", None),
        ("no. 1!", "no. 1"),
        ("no. 12", None),
        ("nox 1", None),
    ],
)
def test_forbidden_words_are_words(text: str, found: str | None) -> None:
    """Whole ones, whatever their case; signs in a phrase mean themselves."""
    assert forbidden_words(text, ("best", "no. 1")) == found


def test_what_must_not_be_said_is_not() -> None:
    """Though it is the post's own title that says it."""
    made = rendered(post=a_post("p1", title="The cheapest coffee"), never_say=("cheapest",))
    assert words(made) == "it would say “cheapest”, which brand.never_say rules out"


def test_utm_is_added_to_the_link() -> None:
    """Its values are templates, its parameters replace those of the same name, and the rest stays."""
    post = a_post("p1", link="https://kopi.example/p1?a=1&utm_source=rss#top")
    made = rendered("{{ link }}", post=post, utm={"source": "{{ platform }}", "campaign": "a b&c"})
    assert words(made) == "https://kopi.example/p1?a=1&utm_source=sandbox&utm_campaign=a+b%26c#top"


def test_a_failing_utm_value_is_named_like_a_failing_template() -> None:
    """The post is not shared with a broken link."""
    assert words(rendered(utm={"source": "{{ link }}"})).startswith("the template of news fails on")


@pytest.mark.parametrize("url", ["https://k.example/p?x=%20", "https://k.example/", "https://k.example/p?b=2&a=&a=1"])
def test_a_link_without_parameters_is_untouched(url: str) -> None:
    """Not even its spelling changes."""
    assert add_to_query(url, {}) == url


def test_a_post_without_a_link_has_none() -> None:
    """Nor a card."""
    made = rendered("{{ post.title }}{{ link }}", post=a_post("p1", link=None), style="embed", limits=CARDS)
    assert made == rendered("{{ post.title }}", post=a_post("p1", link=None))
    assert isinstance(made, Rendered)
    assert made.card is None


def test_a_card_is_shown_where_the_platform_shows_cards() -> None:
    """Cut to what fits; a text style has none there."""
    post = a_post("p1", title="A title that is much too long", summary="A summary.", image_url="https://k.example/i")
    made = rendered(post=post, style="embed", limits=CARDS)
    assert isinstance(made, Rendered)
    assert made.card == LinkCard(
        url="https://kopi.example/p1",
        title="A title that is muc…",
        description="A summary.",
        image_url="https://k.example/i",
    )
    as_text = rendered(post=post, limits=CARDS)
    assert isinstance(as_text, Rendered)
    assert as_text.card is None


def test_where_previews_are_drawn_the_link_is_named() -> None:
    """A platform without cards is told which link to preview."""
    made = rendered(style="embed")
    assert isinstance(made, Rendered)
    assert made.card == LinkCard(url="https://kopi.example/p1", title="Title of p1")


@pytest.mark.parametrize(
    "keys", [("warung", "sandbox", "id", "default"), ("sandbox", "id"), ("id", "default"), ("default",)]
)
def test_the_closest_template_is_chosen(keys: tuple[str, ...]) -> None:
    """The community's own, else its platform's, its language's, the default."""
    campaign = a_campaign(templates={key: Template(text=key) for key in reversed(keys)})
    assert choose_template(campaign, COMMUNITY) == Template(text=keys[0])


def test_without_a_template_the_built_in_one_speaks() -> None:
    """One for another language is none."""
    made = render(
        a_post("p1"),
        brand=BRAND,
        campaign=a_campaign(templates={"en": Template(text="x")}),
        community=COMMUNITY,
        limits=PLAIN,
        built_in="built in: {{ post.title }}",
    )
    assert words(made) == "built in: Title of p1"


@given(text=st.text(st.sampled_from("a \n\t\r"), max_size=60))
def test_tidy_text_has_no_loose_space(text: str) -> None:
    """No space at line ends, at most one empty line, nothing around; and tidying again changes nothing."""
    tidied = tidy(text)
    assert tidied == tidy(tidied) == tidied.strip()
    assert "\n\n\n" not in tidied
    assert all(line == line.rstrip() for line in tidied.split("\n"))
