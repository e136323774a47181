"""What to do about something heard. Each decision says why; what an answer is made of is decided elsewhere.

The bot speaks when it is spoken to: by name, by an answer to one of its messages, by a command, or in a direct
conversation. In everything else it stays silent, but for questions put to nobody where the brand lets it join in;
whether it then really does is decided by `join_in`, after people had their time to answer.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from types import MappingProxyType
from typing import Literal, TypeAlias

from bot.brand import Brand, Community, SpeakWhen
from bot.conversation.commands import RIGHTS, SPECS, find_command, is_offered
from bot.conversation.phrases import Gist, asks_something, gist_of, thanks_somewhere
from bot.conversation.wording import TextKey
from bot.messages import CommandGiven, IncomingMessage, PostKind

#: How many questions one member may ask in an hour.
QUESTIONS_PER_HOUR = 10


@dataclass(frozen=True, kw_only=True, slots=True)
class MemberState:
    """What is known about whoever speaks, in this community."""

    #: Whether the bot has told them what it is.
    introduced: bool
    #: What they said about being counted.
    consent: Literal["unknown", "in", "out"]
    #: The language they chose with /language; None when they did not choose.
    language: str | None
    #: Questions they asked in the hour before this event, this one not counted.
    questions_last_hour: int
    #: Whether they were told in this hour that it is too much.
    flood_notified: bool


@dataclass(frozen=True, kw_only=True, slots=True)
class Ask:
    """Look for an answer in the brand's material."""

    #: The question as it was put, trimmed.
    question: str
    #: Why, for a person to read.
    why: str
    #: Whether to say nothing when the material has no answer: it may have been a remark.
    only_if_known: bool = False
    #: Whether it was put to nobody: people may answer first, and much speaks against answering.
    unasked: bool = False


@dataclass(frozen=True, kw_only=True, slots=True)
class RunCommand:
    """Do what a command says."""

    #: Canonical, one of `commands.SPECS`; never "ask" or "person", which become `Ask` and `HandOver`.
    name: str
    #: What came after it, trimmed.
    arguments: str
    #: Why, for a person to read.
    why: str


@dataclass(frozen=True, kw_only=True, slots=True)
class Say:
    """Answer with one fixed sentence."""

    #: Which.
    text_key: TextKey
    #: Why, for a person to read.
    why: str


@dataclass(frozen=True, kw_only=True, slots=True)
class HandOver:
    """Call the person named for it: the member asked for one."""

    #: What it is about, in the member's words; "" when they gave none.
    about: str
    #: Why, for a person to read.
    why: str


@dataclass(frozen=True, kw_only=True, slots=True)
class StaySilent:
    """Say nothing."""

    #: Why, for a person to read.
    why: str


Hearing: TypeAlias = Ask | RunCommand | Say | HandOver | StaySilent


def hear(
    event: IncomingMessage | CommandGiven,
    *,
    community: Community | None,
    brand: Brand,
    member: MemberState,
    under: PostKind | None = None,
) -> Hearing:
    """Decide what to do about `event`.

    `community` is the one the event happened in, None where the configuration names none; `member` is its author;
    `under` is what of the bot's it answers, a reply or a shared post, if that is known.
    """
    if (silence := pass_over(event, community=community, brand=brand)) is not None:
        return silence
    if isinstance(event, CommandGiven):
        return _hear_command(event, brand=brand, member=member)
    if community is not None and _is_overheard(event, community, brand=brand, member=member):
        return Ask(
            question=event.text.strip(),
            why="it asks something and is put to nobody; members may answer first",
            only_if_known=True,
            unasked=True,
        )
    return _hear_message(event, brand=brand, member=member, under=under)


def pass_over(event: IncomingMessage | CommandGiven, *, community: Community | None, brand: Brand) -> StaySilent | None:
    """Return the silence about what is not for the bot, whoever says it; None when `hear` has to look closer.

    Most of what is written in a group ends here, without a look at who wrote it.
    """
    if event.author.is_bot:
        return _FROM_A_BOT
    direct = event.channel.direct
    if community is None:
        return None if direct else _NOWHERE
    if direct or isinstance(event, CommandGiven) or event.mentions_bot or event.replies_to_bot:
        return None
    join_in = brand.answers.join_in
    return None if join_in is not None and community.key in join_in.communities else _NOT_ADDRESSED


_FROM_A_BOT = StaySilent(why="it comes from a bot, and bots are never answered")
_NOWHERE = StaySilent(why="no community of the configuration is here")
_NOT_ADDRESSED = StaySilent(why="not addressed: no name, no answer to the bot, no command")


def _hear_command(event: CommandGiven, *, brand: Brand, member: MemberState) -> Hearing:
    name = find_command(event.name)
    if name is not None and name in RIGHTS and not is_offered(name, brand):
        name = None
    if name is None and event.channel.direct:
        return Say(text_key=TextKey.COMMAND_UNKNOWN, why=f"there is no command /{event.name}")
    if name is None:
        return StaySilent(why=f"there is no command /{event.name}; it may be another bot's")
    if (misplaced := _say_where(name, event)) is not None:
        return misplaced
    if name not in ("ask", "person"):
        return RunCommand(name=name, arguments=event.arguments, why=f"the command /{name}")
    if name == "ask" and "command" not in brand.answers.speak_when and not event.channel.direct:
        return StaySilent(why="/ask was given, but answers.speak_when has no `command`")
    return _stop_flood(member) or _hear_request(name, event.arguments)


def _say_where(name: str, event: CommandGiven) -> Say | None:
    """Return where a command belongs that was given in the wrong place."""
    if SPECS[name].for_admins and event.channel.direct:
        return Say(text_key=TextKey.PAUSE_IN_GROUP, why=f"/{name} was given in a direct conversation")
    if name == "mydata" and not event.channel.direct and event.ticket is None:
        return Say(text_key=TextKey.MY_DATA_DIRECTLY, why="/mydata was given where everybody reads the answer")
    return None


def _hear_request(name: str, arguments: str) -> Hearing:
    if name == "person":
        return HandOver(about=arguments, why="the command /person asks for a person")
    if not arguments:
        return Say(text_key=TextKey.QUESTION_MISSING, why="/ask came without a question")
    return Ask(question=arguments, why="the command /ask")


#: What small talk is answered by, and how that is said in a `why`.
_COURTESIES: Mapping[Gist, tuple[TextKey, str]] = MappingProxyType(
    {
        "thanks": (TextKey.YOURE_WELCOME, "only says thanks"),
        "greeting": (TextKey.GREETING, "only says hello"),
        "identity": (TextKey.ABOUT, "asks what it is talking to"),
        "opening": (TextKey.GO_AHEAD, "asks whether it may ask"),
    }
)


def _hear_message(event: IncomingMessage, *, brand: Brand, member: MemberState, under: PostKind | None) -> Hearing:
    address = _address_of(event, speak_when=brand.answers.speak_when)
    if isinstance(address, StaySilent):
        return address
    return _stop_flood(member) or _hear_courtesy(event, address, member=member) or _hear_question(event, address, under)


def _is_overheard(event: IncomingMessage, community: Community, *, brand: Brand, member: MemberState) -> bool:
    """Whether it is a question put to nobody, where the brand lets the bot join in and its author may be noticed."""
    join_in = brand.answers.join_in
    if join_in is None or community.key not in join_in.communities or member.consent == "out":
        return False
    to_somebody = event.mentions_bot or event.replies_to_bot or event.reply_to is not None or event.mentions
    return not to_somebody and gist_of(event.text) == "question" and asks_something(event.text)


def _hear_courtesy(event: IncomingMessage, address: str, *, member: MemberState) -> Hearing | None:
    """Decide about what is no question by its words; None for everything else."""
    spoken_with = event.replies_to_bot or (event.channel.direct and member.introduced)
    text = event.text.strip()
    gist = gist_of(text)
    if not text and event.mentions_bot:
        return Say(text_key=TextKey.GREETING, why="the bot was named and nothing else was said")
    if gist in _COURTESIES:
        key, does = _COURTESIES[gist]
        return Say(text_key=key, why=f"{address}, and it {does}")
    if gist in ("nothing", "nod"):
        return StaySilent(why=f"{address}, but it only nods or shows a sign, which needs no answer")
    if gist == "complaint" and spoken_with:
        return Say(text_key=TextKey.APOLOGY, why=f"{address}, and it says the bot was wrong: no arguing")
    if gist == "person":
        return HandOver(about=text, why=f"{address}, and it asks for a person")
    return None


def _hear_question(event: IncomingMessage, address: str, under: PostKind | None) -> Hearing:
    """Tell a question from a remark: under the bot's own messages people talk to each other as well."""
    text = event.text.strip()
    remark = not asks_something(text)
    if remark and thanks_somewhere(text):
        return Say(text_key=TextKey.YOURE_WELCOME, why=f"{address}, asks nothing and says thanks")
    if remark and event.replies_to_bot and not event.mentions_bot and not event.channel.direct:
        if under == "post":
            return StaySilent(why=f"{address}, a shared post, but it asks nothing")
        # "I don't know" under a remark would only disturb
        return Ask(question=text, why=f"{address}, perhaps only a remark", only_if_known=True)
    return Ask(question=text, why=f"{address}, and it reads as a question")


def _address_of(event: IncomingMessage, *, speak_when: frozenset[SpeakWhen]) -> str | StaySilent:
    """Return in words how the message addresses the bot, or why it does not."""
    ways: tuple[tuple[bool, SpeakWhen, str], ...] = (
        (event.replies_to_bot, "reply_to_bot", "it answers one of the bot's messages"),
        (event.mentions_bot, "mention", "it names the bot"),
    )
    if event.channel.direct:
        return "it is a direct message"
    for so, way, words in ways:
        if so and way in speak_when:
            return words
    for so, way, words in ways:
        if so:
            return StaySilent(why=f"{words}, but answers.speak_when has no `{way}`")
    return _NOT_ADDRESSED


def _stop_flood(member: MemberState) -> Say | StaySilent | None:
    if member.questions_last_hour < QUESTIONS_PER_HOUR:
        return None
    why = f"{member.questions_last_hour} questions in an hour, and {QUESTIONS_PER_HOUR} are answered"
    if member.flood_notified:
        return StaySilent(why=f"{why}; they were told once")
    return Say(text_key=TextKey.FLOOD_NOTICE, why=why)


def reply_language(text_language: str | None, *, community: Community | None, member: MemberState, brand: Brand) -> str:
    """Return the language to answer in, one of the brand's own.

    The member's choice comes first, then the language of what they wrote, then the community's, then the brand's first.
    Regions are left aside: "en-GB" is answered in "en".
    """
    own = {language.split("-", 1)[0]: language for language in reversed(brand.languages)}
    for wish in (member.language, text_language, community.language if community else None):
        if wish and (found := own.get(wish.split("-", 1)[0].casefold())):
            return found
    return brand.languages[0]
