"""The commands members have: their names, what a menu says of them, and whether the answer is private.

What a command does is a flow's business. English and Indonesian names are equals everywhere, whatever the community
speaks; `CommandSpec.name` is the canonical one.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from types import MappingProxyType

from bot.brand import Brand, MemberRight
from bot.ports.platform import CommandSpec

COMMANDS: tuple[CommandSpec, ...] = (
    CommandSpec(
        name="ask",
        names={"id": "tanya"},
        descriptions={"en": "Ask a question", "id": "Ajukan pertanyaan"},
        argument={"en": "question", "id": "pertanyaan"},
    ),
    CommandSpec(
        name="top",
        names={"id": "teratas"},
        descriptions={"en": "Who is most engaged here", "id": "Siapa yang paling aktif di sini"},
        private=True,
    ),
    CommandSpec(
        name="me",
        names={"id": "saya"},
        descriptions={"en": "Your own score and level", "id": "Skor dan level kamu sendiri"},
        private=True,
    ),
    CommandSpec(
        name="person",
        names={"id": "orang"},
        descriptions={"en": "Ask a person to help", "id": "Minta bantuan orang langsung"},
        argument={"en": "about", "id": "tentang"},
    ),
    CommandSpec(
        name="language",
        names={"id": "bahasa"},
        descriptions={"en": "Choose the language I answer you in", "id": "Pilih bahasa jawaban untuk kamu"},
        argument={"en": "language", "id": "bahasa"},
        private=True,
    ),
    CommandSpec(
        name="about",
        names={"id": "tentang"},
        descriptions={"en": "What I am and who runs me", "id": "Aku ini apa dan milik siapa"},
    ),
    CommandSpec(
        name="privacy",
        names={"id": "privasi"},
        descriptions={"en": "What is kept about you", "id": "Apa yang disimpan tentang kamu"},
        private=True,
    ),
    CommandSpec(
        name="optin",
        names={"id": "ikut"},
        descriptions={"en": "Take part by name", "id": "Ikut dihitung dengan nama"},
        private=True,
    ),
    CommandSpec(
        name="optout",
        names={"id": "berhenti"},
        descriptions={"en": "Stop counting me", "id": "Berhenti menghitung aku"},
        private=True,
    ),
    CommandSpec(
        name="mydata",
        names={"id": "dataku"},
        descriptions={"en": "Show all that is kept about you", "id": "Lihat semua yang disimpan tentang kamu"},
        private=True,
        only_direct=True,
    ),
    CommandSpec(
        name="forgetme",
        names={"id": "lupakan"},
        descriptions={"en": "Erase all that is kept about you", "id": "Hapus semua yang disimpan tentang kamu"},
        private=True,
    ),
    CommandSpec(
        name="help",
        names={"id": "bantuan"},
        descriptions={"en": "What I can do", "id": "Apa yang bisa aku bantu"},
        private=True,
    ),
    CommandSpec(
        name="pause",
        names={"id": "jeda"},
        descriptions={"en": "Admins: share nothing new here", "id": "Admin: jangan bagikan hal baru di sini"},
        argument={"en": "duration", "id": "durasi"},
        for_admins=True,
    ),
    CommandSpec(
        name="quiet",
        names={"id": "tenang"},
        descriptions={
            "en": "Admins: share nothing and speak only when spoken to",
            "id": "Admin: jangan bagikan apa-apa, bicara hanya kalau diajak",
        },
        argument={"en": "duration", "id": "durasi"},
        for_admins=True,
    ),
    CommandSpec(
        name="resume",
        names={"id": "lanjut"},
        descriptions={"en": "Admins: end the pause", "id": "Admin: akhiri jeda"},
        for_admins=True,
    ),
)

#: What else people or platforms type; `start` is what Telegram sends when a chat with a bot is opened.
_ALSO = {
    "start": "help", "opt_in": "optin", "opt_out": "optout", "admin": "person", "lang": "language",
    "my_data": "mydata", "forget_me": "forgetme", "forget": "forgetme", "lupakanaku": "forgetme",
}  # fmt: skip
#: The commands that a brand may withhold, and the right each stands for.
RIGHTS: Mapping[str, MemberRight] = MappingProxyType({"mydata": "export", "forgetme": "forget"})

SPECS: Mapping[str, CommandSpec] = MappingProxyType({spec.name: spec for spec in COMMANDS})

_CANONICAL = MappingProxyType(
    _ALSO | {typed: spec.name for spec in COMMANDS for typed in (spec.name, *spec.names.values())}
)


def is_offered(command: str, brand: Brand) -> bool:
    """Whether members of a brand have the canonical `command`."""
    if command == "person":
        return brand.answers.handoff is not None
    return command not in RIGHTS or RIGHTS[command] in brand.privacy.members_can


def commands_for(brand: Brand) -> tuple[CommandSpec, ...]:
    """Return the commands the members of a brand have, as a menu shows them; only those that are answered there."""
    offered = tuple(spec for spec in COMMANDS if is_offered(spec.name, brand))
    if "command" in brand.answers.speak_when:
        return offered
    return tuple(replace(spec, only_direct=True) if spec.name == "ask" else spec for spec in offered)


def find_command(name: str) -> str | None:
    """Return the canonical name of the command called `name` in any language; None when there is no such command."""
    return _CANONICAL.get(name.strip().removeprefix("/").casefold())


def name_in(language: str, command: str) -> str:
    """Return what the canonical `command` is called in `language`."""
    return SPECS[command].names.get(language, command)
