"""Which letters bytes are: of files that editors and spreadsheets write, and of what is typed; `~` in a path.

Bytes are read where they can mean one text only. The rest is refused, with the texts that they may mean.
"""

from __future__ import annotations

import codecs
import os
import re
from pathlib import Path

from natverk.errors import DataError, InvalidArgument

__all__ = ["ONE_BYTE", "marked", "readings", "text_of", "meant", "typed_path", "windows"]

#: What the first bytes of a file say about its encoding; UTF-32 before UTF-16, which begins alike.
_MARKS = {
    codecs.BOM_UTF8: "utf-8",
    codecs.BOM_UTF32_LE: "utf-32",
    codecs.BOM_UTF32_BE: "utf-32",
    codecs.BOM_UTF16_LE: "utf-16",
    codecs.BOM_UTF16_BE: "utf-16",
}
#: The encodings of one byte a letter that are written in Sweden: Windows, older Macs, and "CSV (MS-DOS)".
ONE_BYTE = ("cp1252", "mac_roman", "cp850")
# Text of Windows is known by its å, ä, ö, é or è: in the other encodings these bytes are signs that hardly occur.
# Further letters are few, so that a mixture of encodings, or one of Central Europe, is refused and not misread.
_WINDOWS = re.compile(r"[\x00-\x7fåäöÅÄÖéèÉÈüÜøØæÆàÀ–—‘’“”„…•€§°½×·«»±²³´\xa0\xad]*")


def marked(content: bytes) -> str | None:
    r"""Return the encoding that a byte-order mark names; None where there is no mark.

    >>> marked(b"\xff\xfea\x00"), marked(b"a")
    ('utf-16', None)
    """
    return next((name for mark, name in _MARKS.items() if content.startswith(mark)), None)


def windows(content: bytes) -> str | None:
    r"""Return the text of bytes that can be no other letters than those of Windows (Latin-1), otherwise None.

    >>> windows(b"V\xe4stra"), windows(b"V\x8astra")
    ('Västra', None)
    """
    text = content.decode("cp1252", errors="replace")
    return text if re.search("[åäöÅÄÖéè]", text) and _WINDOWS.fullmatch(text) else None


def readings(word: bytes) -> dict[str, str]:
    r"""Return what a word may be in encodings of one byte a letter, by encoding.

    >>> readings(b"V\x8astra")
    {'cp1252': 'VŠstra', 'mac_roman': 'Västra', 'cp850': 'Vèstra'}
    """
    texts = {name: word.decode(name, errors="replace") for name in ONE_BYTE}
    return {name: text for name, text in texts.items() if "\ufffd" not in text}


def text_of(path: Path) -> str:
    """Return the text of a file that is UTF-8, or what its byte-order mark says; the mark itself is left out.

    Raises
    ------
    DataError
        For other bytes, with the line and the remedy.
    OSError
        If there is no such file, or it cannot be read.
    """
    content = path.read_bytes()
    encoding = marked(content)
    if encoding is None and b"\0" in content:
        raise DataError(
            f"{path.name} holds zero bytes: it is UTF-16, or no text", where=str(path), remedy="save the file as UTF-8"
        )
    try:
        return content.decode(encoding or "utf-8").removeprefix("\ufeff").replace("\r\n", "\n").replace("\r", "\n")
    except UnicodeDecodeError as error:
        line = content.count(b"\n", 0, error.start) + 1
        raise DataError(
            f"the byte {content[error.start]:#04x} of {path.name} is not {(encoding or 'utf-8').upper()}",
            where=f"{path}, line {line}",
            remedy="save the file as UTF-8",
        ) from error


def meant(text: str) -> str:
    r"""Return what was typed in a shell as the text that its bytes mean, whatever the locale took them for.

    A path is left as it is: to the system it is bytes.

    Raises
    ------
    InvalidArgument
        If the bytes are no UTF-8 and can be read in several ways.

    Examples
    --------
    >>> meant("V\udce4stra G\udcf6taland"), meant("Åre")
    ('Västra Götaland', 'Åre')
    """
    try:
        content = os.fsencode(text)
    except UnicodeEncodeError:
        return text  # it was never bytes of this locale
    try:
        return content.decode("utf-8")
    except UnicodeDecodeError as error:
        if not any("\udc80" <= letter <= "\udcff" for letter in text):
            return text  # another locale than UTF-8, in which it reads well
        if (text_of_windows := windows(content)) is not None:
            return text_of_windows
        shown = ", ".join(f"{reading!r} ({name})" for name, reading in readings(content).items())
        raise InvalidArgument(
            f"a name is not UTF-8, and its letters can be read in several ways: {shown}",
            where="command line",
            remedy="write it without accents (Vastra Gotaland) or as a code (14), or set the terminal to UTF-8",
        ) from error


def typed_path(path: str | Path, *, where: str | None = None) -> Path:
    """Return a path as it was typed, with `~` for the home folder: shells leave it in `--out=~/pages`.

    Raises
    ------
    InvalidArgument
        If `~name` names nobody, or there is no home folder.

    Examples
    --------
    >>> typed_path("~/pages") == Path.home() / "pages", typed_path("a/~b").as_posix()
    (True, 'a/~b')
    """
    try:
        return Path(path).expanduser()
    except RuntimeError as error:
        raise InvalidArgument(f"{path} means no home folder", where=where, remedy="write the whole path") from error
