"""Characters that would change what stands around them, shown as characters.

Control characters, and the invisible ones that force a direction of writing, become the replacement sign, so that a
reader sees that something was there. Words of languages written from right to left stand by themselves and do not
reorder the sentence around them.
"""

from __future__ import annotations

import re

from bs4 import BeautifulSoup
from bs4.element import NavigableString, PageElement

__all__ = ["isolate", "visible"]

# C0 and C1 controls except tab and line break, overrides, embeddings and isolates, surrogates, and noncharacters.
_UNSEEN = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f\u202a-\u202e\u2066-\u2069\ud800-\udfff\ufffe\uffff]")
_RTL = "\u0590-\u08ff\ufb1d-\ufdff\ufe70-\ufefc\U00010800-\U00010fff\U0001e800-\U0001efff"
_RTL_WORDS = re.compile(f"([{_RTL}]+(?:\\s+[{_RTL}]+)*)")


def visible(text: str) -> str:
    r"""Return `text` with the replacement sign for characters that cannot be seen and change others.

    >>> visible("a\x00b\u202egnp.exe")
    'a\ufffdb\ufffdgnp.exe'
    """
    return _UNSEEN.sub("\ufffd", text)


def isolate(soup: BeautifulSoup) -> None:
    """Make the text and the attributes of a page visible, and let words from right to left stand by themselves.

    >>> soup = BeautifulSoup("<p title='&#x202e;a'>(שלום) 1</p>", "html.parser")
    >>> isolate(soup)
    >>> print(soup)
    <p title="\ufffda">(<bdi>שלום</bdi>) 1</p>
    """
    for text in list(soup.find_all(string=True)):
        shown = visible(text)
        parts = _RTL_WORDS.split(shown)
        if len(parts) > 1 and text.parent is not None and text.parent.name not in ("bdi", "title", "desc"):
            text.replace_with(*filter(None, (_part(soup, part, number % 2 == 1) for number, part in enumerate(parts))))
        elif shown != text:
            text.replace_with(NavigableString(shown))
    for tag in soup.find_all(True):
        for name, value in tag.attrs.items():
            if isinstance(value, str) and not value.startswith("data:"):
                tag.attrs[name] = visible(value)


def _part(soup: BeautifulSoup, text: str, rtl: bool) -> PageElement | None:
    if not text:
        return None
    if not rtl:
        return NavigableString(text)
    tag = soup.new_tag("bdi")
    tag.string = text
    return tag
