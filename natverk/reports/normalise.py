"""Executed notebooks without what differs between two equal runs.

Times, random cell identifiers, memory addresses and the names of temporary files say nothing about the result. With
them gone, two runs give the same bytes, and a difference is a difference of the result.
"""

from __future__ import annotations

import re
from itertools import pairwise
from typing import Any

__all__ = ["clean_text", "joined_streams", "normalise", "set_cell_ids"]

_ADDRESS = re.compile(r"\bat 0x[0-9a-fA-F]{4,}")
# A path is looked for where a word begins: tried at every letter, a long line would take the square of its length.
_TOKEN = r"(?<![^\s\"'(])[^\s\"'(]"
# ipykernel gives each cell the name of a file in a folder with the kernel's process number.
_CELL_FILE = re.compile(_TOKEN + r"*ipykernel_[0-9]+[/\\][0-9]+\.py")
# Where Python, its libraries and natverk itself are installed.
_INSTALLED = re.compile(
    _TOKEN + r"*[/\\](?:site-packages[/\\]|python3\.[0-9]+[/\\](?!site-packages)|(?=natverk[/\\][a-z]+[/\\]))"
)
_ANSI = re.compile(r"\x1b\[[0-9;?]*[ -/]*[@-~]|\x1b[@-_]")
_CONTROL = re.compile(r"[\x00-\x08\x0b\x0c\x0e-\x1f\x7f]")
_KEPT_METADATA = ("kernelspec", "language_info")


def clean_text(text: str) -> str:
    r"""Return `text` without terminal colours, addresses, temporary names and machine paths.

    >>> clean_text("\x1b[31m/var/ipykernel_77/12.py:1: UserWarning: odd\x1b[0m <object at 0x7f00aa>")
    '<cell>:1: UserWarning: odd <object at 0x…>'
    """
    text = _CONTROL.sub("", _ANSI.sub("", text))
    text = _INSTALLED.sub("", _CELL_FILE.sub("<cell>", text))
    return _ADDRESS.sub("at 0x…", text)


def set_cell_ids(notebook: dict[str, Any]) -> None:
    """Give every cell an identifier that depends on its place only, unless it has one of its own."""
    taken: set[str] = set()
    for number, cell in enumerate(notebook["cells"]):
        own = cell.get("id")
        cell["id"] = own if own and own not in taken else f"cell-{number}"
        taken.add(cell["id"])
    notebook["nbformat"], notebook["nbformat_minor"] = 4, max(5, notebook.get("nbformat_minor", 0))


def normalise(notebook: dict[str, Any]) -> None:
    """Remove from an executed notebook, in place, what differs between two equal runs."""
    metadata = notebook["metadata"]
    for key in [key for key in metadata if key not in _KEPT_METADATA]:
        del metadata[key]
    metadata["kernelspec"] = {"name": "python3", "display_name": "Python 3", "language": "python"}
    for cell in notebook["cells"]:
        cell["metadata"].pop("papermill", None)
        cell["metadata"].pop("execution", None)
        if "injected-parameters" in cell["metadata"].get("tags", []):
            cell["id"] = "injected-parameters"
        if "outputs" in cell:
            cell["outputs"] = joined_streams(cell["outputs"])
            for output in cell["outputs"]:
                _normalise_output(output)


def joined_streams(outputs: list[dict[str, Any]]) -> list[dict[str, Any]]:
    r"""Return outputs with the text of each stream in one piece, stdout before stderr where both are side by side.

    What a carriage return or a backspace has overwritten is left out, as a terminal would. nbclient's own way of
    doing this (`coalesce_streams`) takes the square of a line's length.

    >>> pieces = [{"output_type": "stream", "name": "stdout", "text": text} for text in ("10 %\r", "20 %\r", "done\n")]
    >>> joined_streams(pieces)
    [{'output_type': 'stream', 'name': 'stdout', 'text': 'done\n'}]
    """
    streams: dict[str, dict[str, Any]] = {}
    kept: list[dict[str, Any]] = []
    for output in outputs:
        if output["output_type"] != "stream":
            kept.append(output)
        elif output["name"] in streams:
            streams[output["name"]]["text"] += _joined(output["text"])
        else:
            output["text"] = _joined(output["text"])
            streams[output["name"]] = output
            kept.append(output)
    for stream in streams.values():
        stream["text"] = "\n".join(_seen(line) for line in stream["text"].split("\n"))
    # The two arrive by different ways, so their order says nothing.
    for place, (first, second) in enumerate(pairwise(kept)):
        if first.get("name") == "stderr" and second.get("name") == "stdout":
            kept[place : place + 2] = [second, first]
    return kept


def _seen(line: str) -> str:
    """Return what a terminal shows of a line in the end."""
    line = line.rstrip("\r").rpartition("\r")[2]
    if "\b" not in line:
        return line
    shown: list[str] = []
    for character in line:
        if character != "\b":
            shown.append(character)
        elif shown:
            shown.pop()
    return "".join(shown)


def _normalise_output(output: dict[str, Any]) -> None:
    if output["output_type"] == "stream":
        output["text"] = clean_text(_joined(output["text"]))
    elif output["output_type"] == "error":
        output["traceback"] = [clean_text(line) for line in output["traceback"]]
        output["evalue"] = clean_text(output["evalue"])
    elif "text/plain" in output.get("data", {}):
        output["data"]["text/plain"] = clean_text(_joined(output["data"]["text/plain"]))


def _joined(text: str | list[str]) -> str:
    return text if isinstance(text, str) else "".join(text)
