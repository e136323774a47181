"""Templates are tried before anybody waits for a post."""

from __future__ import annotations

import pytest

from bot.config.templates import DEFAULT_TEXT, UTM_VARIABLES, TemplateRefused, try_template


@pytest.mark.parametrize(
    "text",
    [
        DEFAULT_TEXT,
        "plain words, {no template}",
        "{{ post.title }} {{ post.author or '' }} {{ post.tags | join(', ') }}",
        "{{ post.summary | truncate(180) }} {{ link }} {{ brand }} {{ community }} {{ platform }}",
        "{% if 'brewing' in post.tags %}Brew: {% endif %}{{ post.title | upper }}",
        "{% for tag in post.tags %}#{{ tag }} {% endfor %}",
    ],
)
def test_what_can_be_rendered_is_taken(text: str) -> None:
    """Variables, filters, conditions and loops."""
    assert try_template(text) != ""


@pytest.mark.parametrize(
    ("text", "line", "said"),
    [
        ("{{ post.titel }}", 1, 'no "post.titel" in templates; did you mean "post.title"?'),
        ("{{ lnik }}", 1, 'no "lnik" in templates; did you mean "link"?'),
        ("ok\n{{ qqq }}", 2, 'no "qqq" in templates; known are post.title, post.summary, post.author'),
        ("ok\nok\n{{ post.title | truncat(9) }}", 3, 'no filter "truncat" in templates; did you mean "truncate"?'),
        ("{{ post.title", 1, "the template is not complete"),
        ("{% if post.title %}x", 1, "the template is not complete"),
        ("{{ post.title + 1 }}", 1, "the template fails on an ordinary post"),
        ("{{ 1 / 0 }}", 1, "the template fails on an ordinary post: division by zero"),
        ("{{ post.__class__ }}", 1, "the template"),
        ("{{ ''.__class__.__mro__ }}", 1, "the template"),
        ("{% include 'x' %}", 1, "the template"),
    ],
)
def test_what_can_not_be_rendered_is_refused_with_its_line(text: str, line: int, said: str) -> None:
    """Unknown names, unknown filters, what is not closed, and what reaches for Python."""
    with pytest.raises(TemplateRefused) as refused:
        try_template(text)
    assert str(refused.value).startswith(said)
    assert refused.value.line == line


def test_a_link_parameter_can_not_name_the_link() -> None:
    """It is part of it."""
    assert try_template("{{ platform }}-{{ community }}", UTM_VARIABLES) == "platform-community"
    with pytest.raises(TemplateRefused, match='no "link"'):
        try_template("{{ link }}", UTM_VARIABLES)
