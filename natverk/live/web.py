"""Asking a service on the web: with time limits, a few tries, and an answer that is JSON or an error that says why not.

A request ends within a time that is known beforehand, also when the service sends a byte now and then. What may pass
(no connection, a cut one, 429, 500 and above) is tried again after a pause that doubles, or after as long as the
service asks for. What does not pass is refused at once. Nothing is guessed: letters that are no UTF-8 are read as
nothing else.
"""

from __future__ import annotations

import hashlib
import json
import platform
import re
import time
from dataclasses import dataclass, field
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime
from typing import Any, Literal, NamedTuple, NoReturn
from urllib.parse import urlsplit, urlunsplit

from natverk.errors import NatverkError, missing_extra
from natverk.version import __version__

__all__ = ["Answer", "Fault", "LiveError", "Patience", "Service", "USUAL"]

#: What can be wrong with an answer; each has its own message.
Fault = Literal[
    "unreachable",  # no connection, no such host, no certificate
    "timeout",  # nothing came for too long
    "slow",  # something came, but not all of it in time
    "cut",  # the connection ended before the answer did
    "busy",  # 429
    "server",  # 500 and above
    "refused",  # 400 to 499
    "html",  # a page for people where data should be
    "encoding",  # no UTF-8, or UTF-8 taken for something else on its way
    "not_json",  # a text that is no JSON
    "empty",  # nothing, or a page of nothing
    "changed",  # JSON of another form than the published one
    "endless",  # pages without end
    "too_large",  # more than an answer of this kind can hold
]
_PASSING = ("unreachable", "timeout", "cut", "busy", "server")
#: Bytes after which an answer is no answer to what was asked.
_LARGEST = 200_000_000
#: UTF-8 read as Windows letters and written as UTF-8 again: å, ä, ö and their like as two letters.
_TWICE = re.compile("[ÂÃ][\u0080-\u00bf]")
_TITLE = re.compile(rb"<title[^>]*>(.*?)</title>", re.IGNORECASE | re.DOTALL)


class LiveError(NatverkError):
    """A refresh that was refused: the service did not answer, or with something that is not taken.

    Attributes
    ----------
    kind
        What is wrong, a word of `natverk.live.web.Fault`: a script can tell a service that is busy (try later) from one
        whose answers have changed (natverk must be mended).
    """

    exit_code = 1
    kind: Fault = "refused"
    #: How many seconds the service asks to be left alone, where it does.
    after: float | None = None


class Patience(NamedTuple):
    """How long a request may take, in seconds, and how often it is made.

    Attributes
    ----------
    connect, read, whole
        Until there is a connection; from one piece of the answer to the next; for the whole answer.
    tries, pause
        How often a request is made at most; the pause before the second time, doubled before each further one.
    wait
        The longest pause that a service may ask for (`Retry-After`); if it asks for more, that is told.
    gap
        The least time from one request to the next: SCB allows three a second.
    """

    connect: float = 10
    read: float = 30
    whole: float = 120
    tries: int = 4
    pause: float = 1
    wait: float = 120
    gap: float = 0.4


class Answer(NamedTuple):
    """A request and the bytes that answered it."""

    method: str
    url: str
    body: object
    asked: str
    content: bytes

    @property
    def sha256(self) -> str:
        """The hash of the bytes as they came."""
        return hashlib.sha256(self.content).hexdigest()


#: What is asked of the services themselves.
USUAL = Patience()


@dataclass
class Service:
    """A service that is asked, and all that it has answered.

    Attributes
    ----------
    name
        What it is called in errors.
    base
        The address that paths are put after; a mirror's may take the place of the service's own.
    patience
        How long and how often.
    answers
        What came, in order; each refresh keeps it beside what was made of it.
    """

    name: str
    base: str
    patience: Patience = USUAL
    answers: list[Answer] = field(default_factory=list)
    _last: float = field(default=float("-inf"), repr=False)

    def __post_init__(self) -> None:
        self.base = self.base.rstrip("/")
        parts = urlsplit(self.base)
        if parts.scheme not in ("http", "https") or not parts.netloc:
            raise NatverkError(
                f"{self.base!r} is no address of a service",
                remedy="write the whole address, https://…, without a query",
            )

    def ask(self, path: str = "", *, params: dict[str, str] | None = None, body: object = None) -> dict[str, Any]:
        """Ask for a path below the base, or a whole address, and return the JSON object that is answered.

        Raises
        ------
        LiveError
            If there is none; `kind` says why.
        """
        url = path if "://" in path else self.base + path
        attempt = 0
        while True:
            attempt += 1
            time.sleep(max(0.0, self._last + self.patience.gap - time.monotonic()))
            try:
                return self._once(url, params, body)
            except LiveError as error:
                pause = self.patience.pause * 2 ** (attempt - 1) if error.after is None else error.after
                if error.kind not in _PASSING or attempt >= self.patience.tries or pause > self.patience.wait:
                    if attempt > 1:
                        error.what += f" ({attempt} tries)"
                    raise
                time.sleep(pause)
            finally:
                self._last = time.monotonic()

    def pages(self, path: str, *, most: int = 400) -> list[dict[str, Any]]:
        """Ask for a path and for all that `next_url` names after it; an answer has its rows in `values`.

        There may be none at all.

        Raises
        ------
        LiveError
            For a page without rows among others, one that has been seen, one of another host, or more than `most`.
        """
        rows: list[dict[str, Any]] = []
        seen: set[str] = set()
        url: str | None = self.base + path
        while url is not None:
            page = self.ask(url)
            values = page.get("values")
            if not isinstance(values, list) or not all(isinstance(row, dict) for row in values):
                self.refuse("changed", "an answer has no list `values`", url)
            if not values and (seen or page.get("next_url")):
                self.refuse("empty", f"page {len(seen) + 1} holds no rows", url)
            digest = hashlib.sha256(json.dumps(values, sort_keys=True).encode()).hexdigest()
            if digest in seen or len(seen) >= most:
                why = "a page came a second time" if digest in seen else f"there were more than {most}"
                self.refuse("endless", f"the pages do not end: {why}", url)
            seen.add(digest)
            rows += values
            if "next_url" not in page:
                self.refuse("changed", "an answer does not say whether there is a next page (next_url)", url)
            url = self._next(page["next_url"], url)
        return rows

    def _next(self, said: object, url: str) -> str | None:
        """Return the address of the next page as one below the base, which may be a mirror's."""
        if said is None or said == "":
            return None
        text = str(said)
        base, parts = urlsplit(self.base), urlsplit(text)
        if parts.netloc not in ("", base.netloc) or not parts.path.startswith(f"{base.path}/"):
            self.refuse("changed", f"the next page leads elsewhere: {text}", url)
        return urlunsplit((base.scheme, base.netloc, parts.path, parts.query, ""))

    def refuse(self, kind: Fault, what: str, url: str = "", remedy: str = "", after: float | None = None) -> NoReturn:
        """Raise the error that an answer is not taken."""
        error = LiveError(
            f"{self.name}: {what}; nothing was changed",
            # A query of SPARQL is longer than what is said of it.
            where=url.partition("?")[0] if len(url) > 300 else (url or self.base),
            remedy=remedy or _REMEDIES.get(kind, "natverk must learn the new form; until then take the data by hand"),
        )
        error.kind, error.after = kind, after
        raise error

    def _once(self, url: str, params: dict[str, str] | None, body: object) -> dict[str, Any]:
        """Make a request once."""
        try:
            import requests
            from requests import models
        except ImportError as error:
            raise missing_extra("live sources cannot be asked", "live", "requests, pxwebpy") from error
        method, limit = "GET" if body is None else "POST", self.patience
        headers = {"User-Agent": f"natverk/{__version__} (Python/{platform.python_version()})"}
        headers["Accept"] = "application/sparql-results+json, application/json"
        asked, began = datetime.now(UTC).isoformat(timespec="seconds"), time.monotonic()
        pieces: list[bytes] = []
        try:
            with requests.request(
                method, url, params=params, json=body, headers=headers, stream=True, timeout=(limit.connect, limit.read)
            ) as response:
                status, reason, about = response.status_code, response.reason or "", response.headers
                address = str(response.url)
                # One piece as it comes: a piece of a set size would be waited for without end.
                while piece := response.raw.read1(65536, decode_content=True):
                    pieces.append(piece)
                    size = sum(map(len, pieces))
                    if time.monotonic() - began > limit.whole:
                        self.refuse("slow", f"{size} bytes came in {limit.whole:g} seconds, and that was not all", url)
                    if size > _LARGEST:
                        self.refuse("too_large", f"the answer is larger than {_LARGEST // 1_000_000} MB", url)
        except (requests.exceptions.ConnectTimeout, requests.exceptions.SSLError) as error:
            self.refuse("unreachable", f"there is no connection ({type(error).__name__})", url)
        except (requests.exceptions.Timeout, models.ReadTimeoutError):
            self.refuse("timeout", f"nothing came for {limit.read:g} seconds", url)
        except (requests.exceptions.ChunkedEncodingError, models.ProtocolError):
            self.refuse("cut", f"the connection ended after {sum(map(len, pieces))} bytes, before the answer did", url)
        except requests.exceptions.ConnectionError as error:
            if any(isinstance(item, models.ProtocolError) for item in error.args):
                self.refuse("cut", "the connection ended before there was an answer", url)
            self.refuse("unreachable", f"there is no connection ({type(error).__name__})", url)
        except (requests.exceptions.RequestException, models.DecodeError, OSError, ValueError) as error:
            self.refuse("refused", f"the request could not be made ({type(error).__name__}: {error})", url)
        content = b"".join(pieces)
        if status >= 400:
            self._refuse_status(status, reason, about.get("Retry-After"), content, address)
        found = self._parsed(content, str(about.get("Content-Type", "")), address)
        self.answers.append(Answer(method, address, body, asked, content))
        return found

    def _refuse_status(self, status: int, reason: str, after: str | None, content: bytes, url: str) -> NoReturn:
        """Refuse an answer that is an error by its status, with what it says of it."""
        said = f"{status} {reason}".strip()
        seconds = _seconds(after)
        if status == 429:
            asked = f", and asks to be left alone for {seconds:g} seconds" if seconds is not None else ""
            self.refuse("busy", f"it is asked too often ({said}){asked}", url, after=seconds)
        if status >= 500:
            self.refuse("server", f"it has an error of its own ({said}){_detail(content)}", url, after=seconds)
        self.refuse("refused", f"it does not accept the request ({said}){_detail(content)}", url)

    def _parsed(self, content: bytes, content_type: str, url: str) -> dict[str, Any]:
        """Return the JSON object of an answer."""
        if not content.strip():
            self.refuse("empty", "the answer is empty", url)
        if "html" in content_type.casefold() or content.lstrip()[:1] == b"<":
            self.refuse("html", f"a page for people came instead of data{_detail(content)}", url)
        try:
            text = content.decode("utf-8-sig")
        except UnicodeDecodeError as error:
            what = f"the answer is not UTF-8 (byte {content[error.start]:#04x} at {error.start})"
            self.refuse("encoding", what, url)
        if found := _TWICE.search(text):
            near = text[max(0, found.start() - 10) : found.end() + 10]
            self.refuse("encoding", f"letters were taken for others before they were sent ({near!r})", url)
        try:
            parsed = json.loads(text, parse_constant=_no_constant)
        except ValueError as error:
            if "TimeoutException" in text:
                self.refuse("timeout", "the query took longer than the service allows", url)
            self.refuse("not_json", f"the answer is no JSON ({error})", url)
        if not isinstance(parsed, dict):
            self.refuse("changed", f"the answer is a {type(parsed).__name__} where an object should be", url)
        return parsed


#: What to do next, by what is wrong.
_REMEDIES: dict[Fault, str] = {
    "unreachable": "see that there is a network, or name a mirror with --url; then try again",
    "timeout": "try again later",
    "slow": "try again later",
    "cut": "try again",
    "busy": "try again later",
    "server": "try again later; the service's own page may say more",
    "refused": "see what it says, and that what was asked for is there",
    "html": "open the address in a browser: it may be a notice of maintenance, or a page of your network to sign in at",
    "encoding": "try again; if it stays so, tell the service",
    "not_json": "try again; if it stays so, tell the service",
    "empty": "ask for other years or items, and see what the address answers in a browser",
    "endless": "try again later; if it stays so, tell the service",
    "too_large": "see what the address answers in a browser",
}


def _no_constant(text: str) -> NoReturn:
    raise ValueError(f"{text} is no number")


def _seconds(said: str | None) -> float | None:
    """Return how long a service asks to be left alone: seconds, or a day and time; None where it does not say."""
    if said is None:
        return None
    if said.strip().isdecimal():
        return float(said)
    try:
        moment = parsedate_to_datetime(said)
    except ValueError:
        return None
    moment = moment if moment.tzinfo else moment.replace(tzinfo=UTC)
    return max(0.0, (moment - datetime.now(UTC)).total_seconds())


def _detail(content: bytes) -> str:
    """Return what an answer says of its error, in a few words: the title of a page, or the text of a problem."""
    if found := _TITLE.search(content):
        said = found[1].decode("utf-8", "replace")
    else:
        try:
            problem = json.loads(content)
        except ValueError:
            problem = None
        fields = problem if isinstance(problem, dict) else {}
        said = "; ".join(str(fields[name]) for name in ("title", "detail", "message", "error") if fields.get(name))
    said = " ".join(said.split())
    return f": {said[:160]!r}" if said else ""
