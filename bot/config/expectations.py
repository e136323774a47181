"""Reads `*.test.yaml`: what a marketer expects of the configuration beside it, with every mistake at its place.

What is tried, and how, is none of its business.
"""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime
from pathlib import Path
from typing import Annotated

from pydantic import AfterValidator, Field, TypeAdapter, ValidationError, model_validator

from bot.brand import Brand, FeedSource
from bot.config.complaints import complain
from bot.config.fields import CommunityKey, FeedKey, Known, Words
from bot.config.problem import Origin, Problem
from bot.config.schema_places import Part
from bot.config.secrets import blot_tokens
from bot.config.yaml_reader import Node, read_yaml
from bot.errors import ConfigRefused, SettingsFault
from bot.ports.expecting import Case, ExpectedReply, ExpectedShare, GivenMessage, GivenPost


def _check_moment(value: str) -> str:
    try:
        datetime.fromisoformat(value)
    except ValueError:
        raise ValueError(f'"{value}" is no date and time; write it like "2026-12-24 09:00"') from None
    return value


class _Post(Part):
    source: FeedKey | None = None
    title: str
    link: str = "https://blog.example/post"
    summary: str = ""
    text: str = ""
    author: str | None = None
    tags: Words = ()


class _Message(Part):
    community: CommunityKey
    text: str = Field(min_length=1)
    to_bot: bool = True


class _Share(Part):
    community: CommunityKey
    shared: str | bool | None = None
    held: str | bool | None = None
    skipped: str | bool | None = None
    nothing: bool | None = None

    @model_validator(mode="after")
    def _check_one(self) -> _Share:
        given = [name for name in ("shared", "held", "skipped", "nothing") if getattr(self, name) not in (None, False)]
        if len(given) != 1:
            raise ValueError("say one of shared, held, skipped or nothing; true, or words that must stand in it")
        return self


class _Reply(Part):
    answer: str | bool | None = None
    cites: str = ""
    unsure: bool = False
    says: str = ""
    silent: bool = False

    @model_validator(mode="after")
    def _check_one(self) -> _Reply:
        ways = (bool(self.answer or self.cites), self.unsure, bool(self.says), self.silent)
        if sum(ways) != 1:
            raise ValueError("say one of answer (with cites, if you like), unsure, says or silent")
        return self


class _Case(Part):
    name: str = Field(min_length=1)
    at: Annotated[str, AfterValidator(_check_moment)]
    posts: tuple[_Post, ...] = ()
    message: _Message | None = None
    expect: tuple[_Share, ...] = ()
    reply: _Reply | None = None

    @model_validator(mode="after")
    def _check_pairs(self) -> _Case:
        if (self.message is None) != (self.reply is None):
            raise ValueError("a message goes with reply:, what the bot is to say to it")
        if self.message is None and not self.expect:
            raise ValueError("nothing is expected; write expect: for posts, or message: and reply:")
        return self


class _Cases(Part):
    tests: tuple[_Case, ...] = Field(min_length=1)


def read_expectations(path: Path, brand: Brand) -> tuple[Case, ...]:
    """Return the cases of a file, in order.

    A moment without an offset is in the time of the first community. Raises SettingsFault when the file can't be read
    and ConfigRefused with every mistake.
    """
    try:
        text = path.read_text("utf-8-sig").replace("\r\n", "\n")
    except (OSError, UnicodeDecodeError) as error:
        raise SettingsFault(f"{path}: this file can't be read ({error}); name another, or save it as UTF-8") from error
    origin = Origin(file=str(path), lines=tuple(text.split("\n")), blot=blot_tokens)
    read = read_yaml(text, origin)
    if not text.strip():
        raise ConfigRefused([origin.problem(0, 0, "this file is empty", hint="docs/testing.md shows one")])
    if read.problems or read.root is None:
        raise ConfigRefused(read.problems)
    try:
        found = TypeAdapter(_Cases).validate_python(read.root.plain(), context=_known(brand))
    except ValidationError as error:
        raise ConfigRefused([*_sorted(complain(error, read.root, _Cases, origin))]) from error
    return tuple(_case(part, line, str(path), brand) for part, line in zip(found.tests, _lines(read.root), strict=True))


def _known(brand: Brand) -> Known:
    return Known(
        sources=frozenset(brand.sources),
        feeds=frozenset(key for key, source in brand.sources.items() if isinstance(source, FeedSource)),
        communities=frozenset(brand.communities),
        people=None,
        platforms=frozenset(brand.accounts),
        languages=None,
    )


def _sorted(problems: Iterator[Problem]) -> list[Problem]:
    return sorted(problems, key=lambda one: (one.line, one.column))


def _lines(root: Node) -> list[int]:
    tests = root.child("tests")
    return [node.at[0] + 1 for node in tests.value] if tests is not None and isinstance(tests.value, list) else []


def _link(link: str, number: int) -> str:
    """Return an address for each post: those that give none have one of their own all the same."""
    return link if number == 0 or link != _Post.model_fields["link"].default else f"{link}-{number}"


def _case(part: _Case, line: int, file: str, brand: Brand) -> Case:
    at = datetime.fromisoformat(part.at)
    zone = next(iter(brand.communities.values())).timezone
    feeds = [key for key, source in brand.sources.items() if isinstance(source, FeedSource)]
    posts = tuple(
        GivenPost(
            source=post.source or feeds[0],
            title=post.title,
            link=_link(post.link, number),
            summary=post.summary,
            text=post.text,
            author=post.author,
            tags=post.tags,
        )
        for number, post in enumerate(part.posts)
    )
    message = part.message
    return Case(
        name=part.name,
        file=file,
        line=line,
        at=at if at.tzinfo else at.replace(tzinfo=zone),
        posts=posts,
        shares=tuple(_expected(share) for share in part.expect),
        message=None if message is None else _message(message),
        reply=None if part.reply is None else _reply(part.reply),
    )


def _message(part: _Message) -> GivenMessage:
    return GivenMessage(community=part.community, text=part.text, to_bot=part.to_bot)


def _expected(part: _Share) -> ExpectedShare:
    if part.nothing:
        return ExpectedShare(community=part.community, verdict="nothing")
    if part.shared:
        return ExpectedShare(community=part.community, verdict="share", says=_words(part.shared))
    if part.held:
        return ExpectedShare(community=part.community, verdict="hold", says=_words(part.held))
    return ExpectedShare(community=part.community, verdict="skip", says=_words(part.skipped))


def _reply(part: _Reply) -> ExpectedReply:
    if part.silent:
        return ExpectedReply(verdict="silent")
    if part.unsure:
        return ExpectedReply(verdict="unsure")
    if part.says:
        return ExpectedReply(verdict="fixed", says=part.says)
    return ExpectedReply(verdict="answered", says=_words(part.answer), cites=part.cites)


def _words(value: object) -> str:
    """Return the words that must stand in it; "" where `true` says that any will do."""
    return value if isinstance(value, str) else ""
