"""The week told: what a person sees who watches the demo for a minute."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from zoneinfo import ZoneInfo

from rich.console import Console
from rich.text import Text

from bot.brand import Brand
from bot.demo.play import Line, Onlooker
from bot.demo.results import Results

_LANGUAGES = {"id": "Indonesian", "en": "English"}
#: How much of a long line is shown.
SHOWN = 150


class Story:
    """Prints the week as it happens: the bot's lines and what they answer; the talk between members only as a count."""

    def __init__(self, console: Console) -> None:
        self._console = console
        self._bot_name = ""
        self._zones: Mapping[str, ZoneInfo] = {}
        self._lines: dict[str, tuple[str, Line]] = {}
        self._told: set[str] = set()
        self._untold = 0
        self._day = ""

    def open(self, brand: Brand) -> Onlooker:
        """Say whose week it is and where; return who is shown the messages."""
        self._bot_name = brand.bot_name
        self._zones = {community.key: community.timezone for community in brand.communities.values()}
        places = " and ".join(
            f"{community.key} ({_LANGUAGES.get(community.language, community.language)}, {community.timezone})"
            for community in brand.communities.values()
        )
        self._console.print(Text(f"A week of {brand.name} with {places}", style="bold"))
        self._console.print(
            f"{brand.bot_name} shares new blog posts when each community welcomes them, answers what it is asked\n"
            "from the brand's own FAQ, documents and posts, and says so when it does not know.\n"
            "Times are each community's own."
        )
        return self.show

    def show(self, community: str, line: Line) -> None:
        """Show one message, if it belongs to the story."""
        self._lines[line.id] = (community, line)
        if line.author is not None:
            self._untold += line.edited_at is None
            return
        if line.reply_to in self._lines and line.reply_to not in self._told:
            self._told.add(line.reply_to)
            self._untold -= 1
            self._tell_day(community, line.at)
            self._tell(*self._lines[line.reply_to])
        self._tell_day(community, line.edited_at or line.at)
        self._tell(community, line)

    def close(self, results: Results) -> None:
        """Say what the week came to."""
        self._tell_talk()
        say = self._console.print
        say()
        say(Text("The week in figures", style="bold"))
        say(
            f"  {len(results.shared)} posts shared, {len(results.answered)} questions answered with their source, "
            f"{len(results.unsure)} times unsure and said so, {len(results.handed_over)} handed to a person"
        )
        say()
        say(Text("Who engages most (names only of those who said yes to it)", style="bold"))
        for place, member in enumerate(results.leaderboard, start=1):
            say(Text(f"  {place:>2}. {member.member:<18} {member.score:>6.1f}  {member.level}"))
        say()
        say(Text("Who connects: people to make friends with, not to advertise to", style="bold"))
        for connector in results.connectors:
            say(Text(f"  {connector.member}: {'; '.join(connector.reasons)}"))
        if not results.connectors:
            say("  nobody bridges groups clearly enough to be named")

    def _tell_day(self, community: str, at: datetime) -> None:
        day = f"{at.astimezone(self._zones[community]):%A}"
        if day != self._day:
            self._tell_talk()
            self._day = day
            self._console.print()
            self._console.print(Text(day, style="bold"))

    def _tell_talk(self) -> None:
        if self._untold:
            self._console.print(Text(f"        … and {self._untold} lines between members", style="dim"))
            self._untold = 0

    def _tell(self, community: str, line: Line) -> None:
        at = f"{(line.edited_at or line.at).astimezone(self._zones[community]):%H:%M}"
        text = " ".join(line.text.split())
        shown = text if len(text) <= SHOWN else f"{text[:SHOWN].rsplit(' ', 1)[0]} …"
        who = self._bot_name if line.author is None else line.author.name.split()[0]
        told = Text(f"  {at} {community:<9} ", style="dim")
        does = " corrects" if line.edited_at else ""
        told.append(f"{who}{does}: ", style="bold green" if line.author is None else "bold")
        told.append(shown)
        self._console.print(told)
        for source in (span for span in line.spans if span.url):
            self._console.print(Text(f"{'':18}↳ {source.url}", style="dim"))
