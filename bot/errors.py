"""Everything that can go wrong, named by who must act.

KonektorError
├── SettingsFault        the marketer or operator changes a file, a token or a right
│   └── ConfigRefused    config.yaml does not hold; carries every problem with its place
├── PlatformFault        something between us and a platform
│   ├── LoginRefused     the token is wrong or revoked: nothing is sent until the operator acts
│   ├── PlatformDown     certainly not sent; the platform is away; try again later
│   ├── RateLimited      certainly not sent; try again after `retry_after`
│   ├── SendUncertain    perhaps sent: only a read-back, an idempotency key or a person can tell
│   ├── ChannelLost      certainly not sent; the channel is gone or the bot may not write there
│   └── PostRejected     certainly not sent; the platform refuses this content
├── FeedFault            a source could not be read this time; others go on
├── ComputeFault         the worker process failed or took too long
├── ModelFault           a language model failed, took too long or wrote nothing
└── StoreFault           the database is away, full or held by another process
    ├── ArchiveRefused   a backup is not whole, or of another version or brand
    └── RowRefused       the database does not take what was written: trying again is no use

An adapter translates its SDK's errors in one table (`failures.py`), and its messages end with what to do next.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Literal

if TYPE_CHECKING:
    from collections.abc import Sequence
    from datetime import timedelta

    from bot.messages import ChannelRef


class KonektorError(Exception):
    """The root: catching it catches all that Konektor raises on purpose.

    It survives pickling whole, so that what a worker process raises arrives as itself.
    """

    def __reduce__(self) -> tuple[object, ...]:
        # Exception would call __init__ with the message alone and lose, or miss, keyword-only arguments.
        return _rebuild, (type(self), self.args, self.__dict__)


def _rebuild(kind: type[KonektorError], args: tuple[object, ...], attributes: dict[str, object]) -> KonektorError:
    error = kind.__new__(kind, *args)
    error.__dict__.update(attributes)
    return error


class SettingsFault(KonektorError):
    """A file, token or right must be changed by a person; the text says which and how."""


class ConfigRefused(SettingsFault):
    """The configuration does not hold. `problems` are ready to print, sorted by place."""

    def __init__(self, problems: Sequence[object]) -> None:
        super().__init__("\n".join(str(problem) for problem in problems))
        self.problems = tuple(problems)


class PlatformFault(KonektorError):
    """Something between us and a platform went wrong."""


class LoginRefused(PlatformFault, SettingsFault):
    """The platform does not accept the token: stop sending at once, a person must act."""


class PlatformDown(PlatformFault):
    """Certainly not sent: the platform could not be reached."""


class RateLimited(PlatformFault):
    """Certainly not sent: the platform asks for patience.

    `retry_after` is how long; `scope` is "account" when everything must wait, "channel" when only this channel must.
    """

    def __init__(
        self, message: str, *, retry_after: timedelta, scope: Literal["account", "channel"] = "channel"
    ) -> None:
        super().__init__(message)
        self.retry_after = retry_after
        self.scope = scope


class SendUncertain(PlatformFault):
    """Perhaps sent: the answer was lost. Never repeated blindly."""


class ChannelLost(PlatformFault, SettingsFault):
    """Certainly not sent: the channel is gone, or the bot lacks the right to write there.

    `moved_to` is the new address when the platform names one.
    """

    def __init__(self, message: str, *, moved_to: ChannelRef | None = None) -> None:
        super().__init__(message)
        self.moved_to = moved_to


class PostRejected(PlatformFault):
    """Certainly not sent: the platform refuses this content, and would again."""


class FeedFault(KonektorError):
    """A source could not be read this time; the text says why and what the owner of the feed can do.

    `retry_after` is how long the server asks us to wait, if it does; `gone` means it asks us never to come again (410).
    """

    def __init__(self, message: str, *, retry_after: timedelta | None = None, gone: bool = False) -> None:
        super().__init__(message)
        self.retry_after = retry_after
        self.gone = gone


class ComputeFault(KonektorError):
    """Work given to the worker process failed or outlived its deadline."""


class ModelFault(KonektorError):
    """A language model failed, took too long or wrote nothing; the text says which, and quotes nothing it was sent."""


class StoreFault(KonektorError):
    """The database is away, full, or held by another process."""


class ArchiveRefused(StoreFault):
    """A backup can't be put back: it is not whole, or of another version or brand. Nothing was changed."""


class RowRefused(StoreFault):
    """The database is there, but does not take what was written: trying it again is no use."""
