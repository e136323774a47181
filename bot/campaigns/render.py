"""How a shared post reads in a community. Pure: a post and a template in, spans out.

Templates are the marketer's, the post is the outside world's: templates run in Jinja2's sandbox, and what they make is
plain text that no platform interprets.
"""

from __future__ import annotations

import hashlib
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache
from types import MappingProxyType
from urllib.parse import parse_qsl, urlencode, urlsplit, urlunsplit

from jinja2 import Template as CompiledTemplate

from bot.brand import Brand, Campaign, Community, Template
from bot.campaigns.template_sandbox import environment
from bot.messages import LinkCard, Span
from bot.ports.platform import PlatformLimits
from bot.ports.records import Post


@dataclass(frozen=True, kw_only=True, slots=True)
class Rendered:
    """A post as it will be said."""

    spans: tuple[Span, ...]
    card: LinkCard | None


@dataclass(frozen=True, kw_only=True, slots=True)
class NotRendered:
    """Why a post can't be said as the template has it."""

    #: For a person to read.
    reason: str


def render(
    post: Post,
    *,
    brand: Brand,
    campaign: Campaign,
    community: Community,
    limits: PlatformLimits,
    built_in: str,
    variant: str = "",
    link: str | None = None,
) -> Rendered | NotRendered:
    """Render a post for a community; `built_in` is the template where the campaign has none that fits.

    `variant` names the campaign's way of beginning that this share was given; "" for none. `link` is said in place of
    the post's own; None for that.
    """
    template = choose_template(campaign, community) or Template(text=built_in)
    try:
        variables = template_variables(post, brand=brand, campaign=campaign, community=community)
        if link is not None:
            variables["link"] = link
        text = _say(template.text, variables, campaign, variant)
    except Exception as fault:  # noqa: BLE001  # a template is the marketer's program: it can fail in any way
        return NotRendered(reason=f"the template of {campaign.key} fails on “{post.title}”: {fault}")
    if refused := refuse_text(text, brand, what=f"the template of {campaign.key} makes nothing of “{post.title}”"):
        return refused
    url = str(variables["link"])
    card = None
    if url and template.style == "embed" and limits.card_title:
        card = LinkCard(
            url=url,
            title=_cut(post.title or url, limits.card_title),
            description=_cut(post.summary, limits.card_description),
            image_url=post.image_url,
        )
    elif url:
        # platforms that draw previews are told which link to draw; the words are the template's
        card = LinkCard(url=url, title=post.title or url) if not limits.card_title else None
    return Rendered(spans=(Span(text=text),), card=card)


def render_digest(
    posts: Sequence[Post],
    *,
    brand: Brand,
    campaign: Campaign,
    community: Community,
    built_in: str,
    variant: str = "",
    links: Mapping[str, str] = MappingProxyType({}),
) -> Rendered | NotRendered:
    """Render several posts as one, in their order; `links` are said in place of the posts' own, by post id."""
    template = choose_template(campaign, community) or Template(text=built_in)
    try:
        told = [template_variables(post, brand=brand, campaign=campaign, community=community) for post in posts]
        variables = {
            "posts": [
                {**_post_variables(post), "link": links.get(post.id, each["link"])}
                for post, each in zip(posts, told, strict=True)
            ],
            **_place_variables(brand, community),
        }
        text = _say(template.text, variables, campaign, variant)
    except Exception as fault:  # noqa: BLE001  # see `render`
        return NotRendered(reason=f"the template of {campaign.key} fails on a digest: {fault}")
    refused = refuse_text(text, brand, what=f"the template of {campaign.key} makes nothing of {len(posts)} posts")
    return refused or Rendered(spans=(Span(text=text),), card=None)


def refuse_text(text: str, brand: Brand, *, what: str) -> NotRendered | None:
    """Return why a text can't be said; None when it can. `what` says what an empty one means."""
    if not text:
        return NotRendered(reason=what)
    if said := forbidden_words(text, brand.never_say):
        return NotRendered(reason=f"it would say “{said}”, which brand.never_say rules out")
    return None


def choose_variant(campaign: Campaign, subject: str, community: str) -> str:
    """Return the variant a share is given; "" where there are none.

    It hangs on a hash of what is shared (`subject`: a post's id or a digest's slot) and where, so that it is the same
    however often it is worked out and spread as the weights say.
    """
    total = sum(variant.weight for variant in campaign.variants.values())
    if not total:
        return ""
    digest = hashlib.sha256(f"{campaign.key}|{subject}|{community}".encode()).digest()
    point = int.from_bytes(digest[:8], "big") * total >> 64
    for name, variant in sorted(campaign.variants.items()):
        point -= variant.weight
        if point < 0:
            return name
    raise AssertionError("a point below the sum of the weights lies in one of them")


def choose_template(campaign: Campaign, community: Community) -> Template | None:
    """Return the template of the community, else of its platform, its language, or `default`; None without any."""
    for key in (community.key, community.platform, community.language, "default"):
        if key in campaign.templates:
            return campaign.templates[key]
    return None


def template_variables(post: Post, *, brand: Brand, campaign: Campaign, community: Community) -> dict[str, object]:
    """Return what a template can name; raises what a `utm` value raises that cannot be rendered."""
    link = direct_link(post, brand=brand, campaign=campaign, community=community)
    return {"post": _post_variables(post), **_place_variables(brand, community), "link": link}


def direct_link(post: Post, *, brand: Brand, campaign: Campaign, community: Community) -> str:
    """Return the post's own address with what the campaign adds to it; "" for a post without one.

    Raises what a `utm` value raises that cannot be rendered.
    """
    names = {"post": _post_variables(post), **_place_variables(brand, community)}
    utm = {f"utm_{name}": _compile(value).render(names) for name, value in campaign.utm.items()}
    return add_to_query(post.link, utm) if post.link else ""


def _say(text: str, variables: Mapping[str, object], campaign: Campaign, variant: str) -> str:
    """Render a template with its opening; one that does not say where the opening goes begins with it."""
    chosen = campaign.variants.get(variant)
    opening = "" if chosen is None else tidy(_compile(chosen.opening).render(variables))
    if opening and not re.search(r"\bopening\b", text):
        text = "{{ opening }}\n" + text
    return tidy(_compile(text).render({**variables, "opening": opening}))


def _post_variables(post: Post) -> dict[str, object]:
    return {"title": post.title, "summary": post.summary, "author": post.author or "", "tags": list(post.tags)}


def _place_variables(brand: Brand, community: Community) -> dict[str, object]:
    return {"brand": brand.name, "community": community.key, "platform": community.platform}


def add_to_query(url: str, parameters: Mapping[str, str]) -> str:
    """Return `url` with the query parameters set, each once, and everything else as it was."""
    if not parameters:
        return url
    parts = urlsplit(url)
    kept = [(name, value) for name, value in parse_qsl(parts.query, keep_blank_values=True) if name not in parameters]
    return urlunsplit(parts._replace(query=urlencode([*kept, *parameters.items()])))


def forbidden_words(text: str, never_say: tuple[str, ...]) -> str | None:
    """Return the first phrase of `never_say` that the text has as words of its own, whatever their case."""
    for phrase in never_say:
        if re.search(rf"(?<!\w){re.escape(phrase)}(?!\w)", text, flags=re.IGNORECASE):
            return phrase
    return None


def tidy(text: str) -> str:
    """Return text without space at line ends and without more than one empty line in a row."""
    lines = "\n".join(line.rstrip() for line in text.splitlines())
    return re.sub(r"\n{3,}", "\n\n", lines).strip()


@lru_cache(maxsize=256)
def _compile(text: str) -> CompiledTemplate:
    return environment().from_string(text)


def _cut(text: str, longest: int) -> str:
    return text if len(text) <= longest else f"{text[: longest - 1].rstrip()}…"
