"""An export of one channel: recognised, placed, and read message by message in the form its adapter knows."""

from __future__ import annotations

import codecs
import io
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import IO

from bot.engagement.history.document import BrokenDocument, Element, Member, read_document
from bot.engagement.history.found import Unreadable, check_message, clean_name
from bot.messages import ChannelRef
from bot.ports.history import ExportForm, PastMessage

#: The array that holds the messages, in every form of export known.
_MESSAGES = "messages"
#: How many bytes of a file are looked at to tell what it is.
_HEAD = 1 << 16


@dataclass(frozen=True, kw_only=True)
class Export:
    """A document that was recognised, its messages still to be read."""

    form: ExportForm
    #: The channel it was made of.
    place: ChannelRef
    #: The messages with the lines they begin on, and what could not be read.
    messages: Iterator[tuple[int, PastMessage] | Unreadable]


def is_document(file: IO[bytes]) -> bool:
    """Whether a file is one JSON document with messages in it; the place in the file is left as it was."""
    began = file.tell()
    head = io.StringIO(file.read(_HEAD).decode("utf-8-sig", "replace"))
    file.seek(began)
    try:
        return any(
            isinstance(found, Member) and found.name == _MESSAGES for found in read_document(head, array=_MESSAGES)
        )
    except BrokenDocument:
        return False


def open_export(file: IO[bytes], forms: Sequence[ExportForm]) -> Export:
    """Read a document up to its messages; raises ValueError saying why it is no export that can be read."""
    # a reader that leaves the file open when it is done with: whoever opened it still asks how far it was read
    text = codecs.getreader("utf-8-sig")(file, "replace")
    found = read_document(text, array=_MESSAGES)
    header: dict[str, object] = {}
    for part in found:
        if isinstance(part, Member) and part.name != _MESSAGES:
            header[part.name] = part.value
        else:
            break
    form = next((form for form in forms if form.recognises(header)), None)
    if form is None:
        known = " or ".join(form.title for form in forms)
        raise ValueError(f"this is no {known}, and no JSON Lines either")
    return Export(form=form, place=form.read_place(header), messages=_read(found, form))


def _read(found: Iterator[Member | Element], form: ExportForm) -> Iterator[tuple[int, PastMessage] | Unreadable]:
    while True:
        try:
            part = next(found, None)
        except BrokenDocument as broken:
            yield Unreadable(broken.line, f"{broken}; the rest of the file was not read")
            return
        if part is None:
            return
        if isinstance(part, Element):
            read = _read_one(part, form)
            if read is not None:
                yield read


def _read_one(part: Element, form: ExportForm) -> tuple[int, PastMessage] | Unreadable | None:
    if not isinstance(part.value, dict):
        return Unreadable(part.line, "no message: an object was expected")
    try:
        message = form.read_message(part.value)
        if message is None:
            return None
        message = message._replace(author_name=clean_name(message.author_name))
        check_message(message)
    except KeyError as missing:
        return Unreadable(part.line, f"{missing.args[0]} is missing")
    except (ValueError, LookupError, TypeError, AttributeError, OverflowError, OSError) as error:
        # an export is somebody else's data: whatever shape it has, one message is all it can spoil
        return Unreadable(part.line, f"not as such a message should be ({error})")
    return part.line, message
