"""Two made-up platforms as the configuration knows them: one with accounts and channels, one without either."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import timedelta
from pathlib import Path

from pydantic import BaseModel, ConfigDict, Field, SecretStr

from bot.config.load import Loaded, load
from bot.messages import ChannelRef, Place
from bot.ports.platform import PlatformKind, PlatformLimits, PlatformTraits, Rate


class _Strict(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid", coerce_numbers_to_str=True)


class TowerAccount(_Strict):
    """An account that needs a token."""

    token: SecretStr = Field(description="The token.")
    receive: str = Field(default="polling", pattern="^(polling|webhook)$", description="How events come.")


class TowerAddress(_Strict):
    """A chat, perhaps a topic of it."""

    chat: str = Field(pattern=r"^-?\d+$", description="The chat's id.")
    topic: int | None = Field(default=None, description="A forum topic.")

    def place(self, key: str) -> Place:
        """The chat, or its topic."""
        del key
        thread = None if self.topic is None else str(self.topic)
        channel = ChannelRef(platform="tower", space=self.chat, channel=self.chat, thread=thread)
        return Place(posts=channel, own_thread=thread is not None)


class YardAccount(_Strict):
    """Nothing to say."""


class YardAddress(_Strict):
    """The key alone."""

    def place(self, key: str) -> Place:
        """A place called as the community."""
        return Place(posts=ChannelRef(platform="yard", space=key, channel=key))


KINDS: Mapping[str, PlatformKind] = {
    "tower": PlatformKind(
        name="tower",
        account=TowerAccount,
        address=TowerAddress,
        needs_account=True,
        limits=PlatformLimits(
            text_length=4096, unit="utf16", rates=(Rate(scope="account", count=30, per=timedelta(seconds=1)),)
        ),
        traits=PlatformTraits(after_uncertainty="neither"),
        person_id_pattern=r"\d{1,20}",
        person_id_hint="the person's number, such as 184467",
    ),
    "yard": PlatformKind(
        name="yard",
        account=YardAccount,
        address=YardAddress,
        needs_account=False,
        limits=PlatformLimits(text_length=400),
        traits=PlatformTraits(after_uncertainty="idempotent", idempotent_for=timedelta(days=1)),
        person_id_pattern=r"[a-z]{1,20}",
        person_id_hint="the person's name in small letters",
    ),
}

#: The least that works.
TEN_LINES = """\
brand:
  name: Kopi Tani
communities:
  warung:
    platform: yard
sources:
  blog:
    type: feed
    url: https://kopitani.example/feed.xml
"""


def load_text(
    text: str,
    folder: Path,
    *,
    environment: Mapping[str, str] | None = None,
    files: Mapping[str, str] | None = None,
    kinds: Mapping[str, PlatformKind] = KINDS,
) -> Loaded:
    """Load `text` as config.yaml in `folder`, with `files` beside it."""
    for name, content in (files or {}).items():
        path = folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(content, encoding="utf-8")
    path = folder / "config.yaml"
    path.write_text(text, encoding="utf-8")
    return load(path, kinds=kinds, environment=environment or {})


def shown(loaded: Loaded) -> list[str]:
    """Every problem as `line:column severity message; hint`."""
    return [
        f"{one.line}:{one.column} {one.severity} {one.message}" + (f"; {one.hint}" if one.hint else "")
        for one in loaded.problems
    ]
