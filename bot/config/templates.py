"""Whether a template can be rendered: sandboxed Jinja2, strict about variables, tried on a post that is made up.

What is sent is rendered by `bot.campaigns`; here a template is only tried, so that a slip is found before anybody
waits for a post.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, fields
from functools import cache
from typing import TYPE_CHECKING

from bot.config.suggest import did_you_mean

if TYPE_CHECKING:
    from jinja2.sandbox import SandboxedEnvironment


@dataclass(frozen=True, kw_only=True, slots=True)
class SamplePost:
    """A post as a template sees it, with values of an ordinary size."""

    title: str = "How we roast: a morning in the hills above Takengon"
    summary: str = "We visited the farm, picked with the family and measured what drying on raised beds changes. " * 3
    author: str = "Dewi Lestari"
    tags: tuple[str, ...] = ("brewing", "origin")


@dataclass(frozen=True, kw_only=True, slots=True)
class _SampleItem(SamplePost):
    """A post as a digest sees it."""

    link: str = "https://blog.example/2026/11/how-we-roast?utm_source=platform&utm_medium=community"


_POST_FIELDS = tuple(field.name for field in fields(SamplePost))
_LINK = "https://blog.example/2026/11/how-we-roast?utm_source=platform&utm_medium=community&utm_campaign=new-posts"

#: What a post's template may use.
POST_VARIABLES: Mapping[str, object] = {
    "post": SamplePost(),
    "link": _LINK,
    "opening": "New on the blog",
    "brand": "Brand",
    "community": "community",
    "platform": "platform",
}
#: What a digest's template may use.
DIGEST_VARIABLES: Mapping[str, object] = {
    "posts": (_SampleItem(), _SampleItem(), _SampleItem()),
    "opening": "Lately on the blog",
    "brand": "Brand",
    "community": "community",
    "platform": "platform",
}
#: What a link's parameter may use: it is part of the link, so it can't name it.
UTM_VARIABLES: Mapping[str, object] = {
    name: value for name, value in POST_VARIABLES.items() if name not in ("link", "opening")
}

#: The text of a template that gives a style alone, where there is no default.
DEFAULT_TEXT = "{{ post.title }}\n{% if post.summary %}{{ post.summary | truncate(180) }}\n{% endif %}{{ link }}"


class TemplateRefused(ValueError):
    """A template that can't be rendered; `line` counts from 1 inside its text."""

    def __init__(self, message: str, *, line: int) -> None:
        super().__init__(message)
        self.line = line


def try_template(text: str, variables: Mapping[str, object] = POST_VARIABLES) -> str:
    """Render `text` with a made-up post and return it; raise TemplateRefused when that fails."""
    if "{" not in text:
        return text
    from jinja2 import TemplateError, TemplateSyntaxError, UndefinedError  # noqa: PLC0415 - half of a quick check's time

    try:
        return _environment().from_string(text).render(variables)
    except TemplateSyntaxError as error:
        raise TemplateRefused(_explain_syntax(error.message or ""), line=error.lineno) from error
    except UndefinedError as error:
        raise TemplateRefused(_explain_undefined(error.message or "", variables), line=_line_of(error)) from error
    except TemplateError as error:
        raise TemplateRefused(f"the template fails: {error}", line=_line_of(error)) from error
    except (ArithmeticError, AttributeError, LookupError, RecursionError, TypeError, ValueError) as error:
        raise TemplateRefused(f"the template fails on an ordinary post: {error}", line=_line_of(error)) from error


@cache
def _environment() -> SandboxedEnvironment:
    from bot.campaigns.template_sandbox import environment  # noqa: PLC0415 - see try_template

    return environment()


def _line_of(error: Exception) -> int:
    """The template's line an error came from: Jinja2 names its frames `<template>`."""
    line, trace = 1, error.__traceback__
    while trace is not None:
        if trace.tb_frame.f_code.co_filename == "<template>":
            line = trace.tb_lineno
        trace = trace.tb_next
    return line


def _explain_syntax(said: str) -> str:
    if match := re.search(r"No (filter|test) named '(\w+)'", said):
        names = _environment().filters if match[1] == "filter" else _environment().tests
        return f'no {match[1]} "{match[2]}" in templates; {did_you_mean(match[2], names) or "see the template guide"}'
    if "end of template" in said or "expected token 'end of" in said or "Encountered unknown tag" in said:
        return (
            f"the template is not complete ({said.rstrip('.')}); "
            "close every {{ with }} and every {% if %} with {% endif %}"
        )
    return f"the template can't be read ({said.rstrip('.')}); close every {{{{ with }}}}"


def _explain_undefined(said: str, variables: Mapping[str, object]) -> str:
    if match := re.search(r"no attribute '(\w+)'", said):
        known = [f"post.{name}" for name in _POST_FIELDS]
        name = f"post.{match[1]}"
        if "SamplePost" not in said:
            return f'no "{match[1]}" in templates; known are {", ".join(_known(variables))}'
    elif match := re.search(r"'(\w+)' is undefined", said):
        known = _known(variables)
        name = match[1]
    else:
        return f"the template fails: {said}"
    return f'no "{name}" in templates; {did_you_mean(name, known) or "known are " + ", ".join(_known(variables))}'


def _known(variables: Mapping[str, object]) -> list[str]:
    return [f"post.{name}" for name in _POST_FIELDS] + [name for name in variables if name != "post"]
