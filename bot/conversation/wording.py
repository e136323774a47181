"""Every sentence members read, in their language. Sentences only: which one is said, and when, is decided elsewhere.

The English sentence is the message id of the gettext catalogues in `bot/locale`. The compiled `.mo` files are what
runs: they need no build step, and the standard library reads them in a millisecond. A new sentence is added here and to
the `.po` file of every language; after any change run

    pybabel compile -d bot/locale -D konektor
"""

from __future__ import annotations

from enum import Enum
from functools import cache
from gettext import GNUTranslations
from importlib.resources import files

LANGUAGES: tuple[str, ...] = ("en", "id")


class TextKey(Enum):
    """What can be said. The value is the English sentence; `{names}` are filled in by `Wording.text`."""

    DISCLOSURE = "I'm {bot}, the automated assistant of {brand}."
    GREETING = "Hi! I'm {bot}, the automated assistant of {brand}. Ask me anything about {brand}, or see /{help}."
    YOURE_WELCOME = "You're welcome!"
    GO_AHEAD = "Of course. What would you like to know?"
    APOLOGY = "Sorry if I got that wrong. I only know what {brand} has written, and I may have misread you."
    UNSURE = "I can't find that in what {brand} has written, and I'd rather not guess."
    PERSON_OFFER = "If you'd like a person to look at it: /{person}."
    HANDED_OVER = "{person}, could you help here? {brand}'s own material doesn't tell me, so I leave this one to you."
    HANDED_OVER_ON_REQUEST = "{person}, somebody here would like to talk to a person. I'll step back."
    NOBODY_TO_ASK = "Sorry, there is nobody I can call from here."
    FLOOD_NOTICE = (
        "That was a lot of questions in one hour. I'll take a break with you and answer again a little later."
    )
    QUESTION_MISSING = "What would you like to know? Write it behind the command: /{ask} {argument}"
    COMMAND_UNKNOWN = "I don't know that command. /{help} shows what I can do."
    HELP_TITLE = "What I can do"
    HELP_ASK = "Name me or answer one of my messages to ask a question."
    HELP_ASK_DIRECTLY = "Just write your question here."
    ABOUT = (
        "I'm {bot}, the automated assistant of {brand}: a program, not a person. I share new posts here and answer "
        "questions from {brand}'s own material, with the source. When I don't know, I say so."
    )
    PRIVACY_TITLE = "What I keep about you"
    PRIVACY_EVENTS = "Who writes, answers and reacts to whom here, and when: for {days} days."
    PRIVACY_NO_TEXT = "What you write is not kept."
    PRIVACY_HASHED_TEXT = "What you write is kept only as a fingerprint that nobody can read back."
    PRIVACY_FULL_TEXT = "What you write here is kept as well."
    PRIVACY_QUESTIONS = "The questions you ask me: for {days} days."
    PRIVACY_OPT_IN_NEEDED = "Nothing counts towards your score unless you say /{optin}."
    PRIVACY_PSEUDONYM = "Others see you as “{pseudonym}” in my lists, unless you say /{optin}."
    PRIVACY_NAMES = "Others see your name in my lists, unless you say /{optout}."
    PRIVACY_CHOICE = "/{optout} stops the counting at once."
    PRIVACY_POLICY = "The policy of {brand}:"
    OPTED_IN = "Thank you! From now on you take part, and others may see your name in my lists. /{optout} ends it."
    OPTED_OUT = "Done: from now on nothing of yours is counted. /{optin} brings you back."
    FORGOTTEN = (
        "Done: everything I had about you is erased, and nothing new is kept. This answer goes too, within hours. "
        "/{optin} if you ever want to take part again."
    )
    MY_DATA_TITLE = "Everything I keep about you"
    MY_DATA_DIRECTLY = "That is for your eyes only. Write to me directly: /{mydata}"
    MY_DATA_NOTHING = "I keep nothing about you."
    MY_DATA_NAME = "Your name, as you let me show it: {name}"
    MY_DATA_LANGUAGE = "The language you chose: {language}"
    MY_DATA_CONSENT_IN = "You take part by name."
    MY_DATA_CONSENT_OUT = "You opted out of being counted."
    MY_DATA_CONSENT_UNKNOWN = "You have not said whether you take part."
    MY_DATA_EVENTS = "What you did here: {messages} messages and {others} other things, from {first} to {last}"
    MY_DATA_TOWARD = "What others did toward you: {count}"
    MY_DATA_QUESTION = "You asked on {day}: {text}"
    MY_DATA_RATINGS = "What you said of my answers: {count}"
    MY_DATA_MESSAGES = "My messages to you that I still have: {count}"
    MY_DATA_ALL = "The brand's people can hand you every line of it as a file. /{forgetme} erases it."
    LANGUAGE_SET = "From now on I answer you in {language}."
    LANGUAGE_CHOICE = "I speak {languages}. Write for example: /{language} {example}"
    TOP_TITLE = "Most engaged here"
    TOP_LINE = "{place}. {name}: {score}"
    TOP_LINE_LEVEL = "{place}. {name}: {score} ({level})"
    TOP_EMPTY = "Nobody is on the list yet. It fills as people talk to each other."
    ME = "Your score is {score}, which is place {place} of {count}."
    ME_LEVEL = "Your level: {level}."
    ME_MESSAGES = "Messages counted: {messages}."
    ME_NOTHING = "Nothing is counted for you here yet."
    ME_OPTED_OUT = "You have opted out, so nothing of yours is counted. /{optin} brings you back."
    SOURCE = "Source:"
    SOURCES = "Sources:"
    OTHER_LANGUAGE = "I only have this in {language}:"
    HELPFUL = "Helpful"
    UNHELPFUL = "Not helpful"
    ASK_A_PERSON = "Ask a person"
    RATED_HELPFUL = "Thank you, good to know!"
    RATED_UNHELPFUL = "Thank you. {brand}'s people will see that this answer did not help."
    PERSON_CALLED = "I'm calling a person."
    PERSON_IS_CALLED = "A person has been called already."
    CHOICE_IS_OLD = "That can't be chosen any more. Just ask me again."
    DRAFT_TITLE = (
        "Draft for {community} ({campaign}), version {version}. It is posted only if one of you approves it before "
        "{expires}."
    )
    APPROVE = "Approve"
    EDIT = "Edit"
    REJECT = "Reject"
    DRAFT_APPROVED = "Approved by {by}."
    DRAFT_REJECTED = "Rejected by {by}."
    DRAFT_REPLACED = "Replaced by version {version}."
    DRAFT_EXPIRED = "Nobody decided in time; this is not posted."
    DRAFT_HOW_TO_EDIT = "Answer the draft with the new text: it becomes the next version."
    DRAFT_CHANGED = "This is an older version. Please decide on version {version}."
    DRAFT_DECIDED = "This has been decided already."
    NOT_AN_EDITOR = "Only the brand's own people can decide: those named under people in config.yaml."
    NOT_SET_UP = (
        "I'm {bot}, the automated assistant of {brand}. I'm not set up in this group, so I write down nothing that is "
        "said here. {brand}'s people can add this group with: konektor adopt"
    )
    PAUSED = "Done: I share nothing new here until one of you says /{resume}."
    PAUSED_UNTIL = "Done: I share nothing new here for {span}. /{resume} ends it."
    QUIET_UNTIL = "Done: for {span} I share nothing here and speak only when I'm spoken to. /{resume} ends it."
    RESUMED = "I'm back: posts go on here."
    NOT_PAUSED = "Nothing was paused here by /{pause} or /{quiet}."
    DURATION_UNCLEAR = "For how long? Write for example: /{command} 30m, /{command} 2h or /{command} 1d (at most 30d)."
    PAUSE_IN_GROUP = "That is for the group itself: its admins can say it there."
    ADMINS_ONLY = (
        "Only an admin of this group or one of {brand}'s people can do that. If you are an admin who writes "
        "anonymously, please write it under your own name: otherwise I can't see who you are."
    )
    ADMINS_UNKNOWN = "I can't find out at the moment who is an admin here. Please try again in a minute."
    MEMBER = "member"
    SHARE_TEMPLATE = "New on the blog: {{ post.title }}\n\n{{ post.summary | truncate(180) }}\n\n{{ link }}"
    POST_WITHDRAWN = "“{title}” is no longer on the blog."
    DIGEST_TEMPLATE = (
        "Lately on the blog:\n\n{% for post in posts %}- {{ post.title }}\n  {{ post.link }}\n{% endfor %}"
    )


class Wording:
    """The sentences in one language. A language without a catalogue speaks English."""

    def __init__(self, language: str) -> None:
        base = language.split("-", 1)[0].casefold()
        #: The language really spoken.
        self.language = base if base in LANGUAGES else "en"
        self._catalogue = _read_catalogue(self.language)

    def text(self, key: TextKey, **values: object) -> str:
        """Return the sentence with `values` in place of its `{names}`.

        A value is data: braces in it stay as they are. Raises KeyError when a value is missing.
        """
        return self._catalogue.gettext(key.value).format_map(values)

    def share_template(self) -> str:
        """Return the built-in template of a shared post, in Jinja2, for a campaign that brings none of its own."""
        return self._catalogue.gettext(TextKey.SHARE_TEMPLATE.value)

    def digest_template(self) -> str:
        """Return the built-in template of a digest, in the same way."""
        return self._catalogue.gettext(TextKey.DIGEST_TEMPLATE.value)


@cache
def _read_catalogue(language: str) -> GNUTranslations:
    compiled = files("bot") / "locale" / language / "LC_MESSAGES" / "konektor.mo"
    with compiled.open("rb") as file:
        return GNUTranslations(file)
