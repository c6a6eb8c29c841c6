"""An executed notebook as one HTML page that needs nothing from elsewhere.

nbconvert renders the cells with the project's own template (`templates/cells`), `polish` makes a readable and safe
page of them, and `templates/page.html.j2` puts header, contents and footer around it.
"""

from __future__ import annotations

import base64
import hashlib
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING, Any

from natverk.locale import LANGUAGES, Texts, texts
from natverk.reports.characters import visible
from natverk.reports.manifest import INDEX_FILES
from natverk.reports.parameters import INJECTED_TAG, PARAMETERS_TAG
from natverk.reports.plan import Page
from natverk.version import __version__

if TYPE_CHECKING:
    from jinja2 import Environment

    from natverk.reports.execute import Failure
    from natverk.reports.polish import Body

__all__ = [
    "INDEX_FILES",
    "LAB_ONLY_TAG",
    "Rendered",
    "asset",
    "environment",
    "failed_html",
    "page_body",
    "page_html",
    "policy",
    "relink",
    "render",
    "render_cells",
    "shown_cells",
]

LAB_ONLY_TAG = "lab-only"
_TEMPLATES = Path(__file__).parent / "templates"
_SHOWN_TYPES = ["text/html", "text/markdown", "image/svg+xml", "image/png", "image/jpeg", "text/plain"]
# Links to the other languages are put in when the files are in place: a page may be made long before its sibling.
_LINKS = re.compile(r"<!--languages-->.*?<!--/languages-->", re.DOTALL)


@dataclass(frozen=True)
class Rendered:
    """A page: its HTML document, and the files that belong to it, path from the page's folder → text or bytes."""

    html: str
    files: Mapping[str, str | bytes]


def _finalize(value: object) -> object:
    return visible(value) if type(value) is str else value


@cache
def environment() -> Environment:
    """Return the templates of pages; everything put into them is made visible, and escaped unless marked as safe."""
    from jinja2 import Environment, FileSystemLoader, StrictUndefined

    env = Environment(
        loader=FileSystemLoader(_TEMPLATES),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
        finalize=_finalize,
    )
    env.globals["version"] = __version__
    env.globals["policy"] = policy
    return env


def asset(name: str) -> str:
    """Return a style sheet or script of the templates, to stand inside a page."""
    return (_TEMPLATES / name).read_text(encoding="utf-8")


def policy(*, styles: str, scripts: str = "") -> str:
    """Return the content security policy of a page: its own style sheet and script, pictures inside it, nothing else.

    Both are named by their hash, so that no other style or script runs, wherever in the page it might stand.

    >>> policy(styles="p { color: red }").split("; ")[:2]
    ["default-src 'none'", 'img-src data:']
    """
    allowed = ["default-src 'none'", "img-src data:", f"style-src '{_hash(styles)}'"]
    allowed += [f"script-src '{_hash(scripts)}'"] if scripts else []
    return "; ".join([*allowed, "base-uri 'none'", "form-action 'none'"])


@cache
def _hash(text: str) -> str:
    return "sha256-" + base64.b64encode(hashlib.sha256(text.encode("utf-8")).digest()).decode("ascii")


def shown_cells(notebook: Mapping[str, Any]) -> list[dict[str, Any]]:
    """Return the cells that a page shows, with the outputs that it can show.

    Cells for the lab are left out, and the defaults of parameters where the page's own values follow.
    """
    tags = [set(cell["metadata"].get("tags", [])) for cell in notebook["cells"]]
    replaced = any(INJECTED_TAG in own for own in tags)
    return [
        {**cell, "outputs": [out for out in cell["outputs"] if _can_show(out)]} if "outputs" in cell else cell
        for cell, own in zip(notebook["cells"], tags, strict=True)
        if LAB_ONLY_TAG not in own and not (replaced and PARAMETERS_TAG in own)
    ]


def _can_show(output: Mapping[str, Any]) -> bool:
    return "data" not in output or any(kind in output["data"] for kind in _SHOWN_TYPES)


def render_cells(notebook: Mapping[str, Any], t: Texts) -> str:
    """Return the cells as HTML, not yet safe to show."""
    import nbformat
    from nbconvert.exporters import TemplateExporter
    from nbconvert.filters.highlight import Highlight2HTML

    exporter = _exporter()
    shown = nbformat.from_dict({**notebook, "cells": shown_cells(notebook)})  # type: ignore[no-untyped-call]
    language = shown.metadata.get("language_info", {})
    lexer = language.get("pygments_lexer", language.get("name"))
    highlight = Highlight2HTML(pygments_lexer=lexer, parent=exporter)  # type: ignore[no-untyped-call]
    exporter.register_filter("highlight_code", highlight)
    labels = {key: t(f"site.page.{key}") for key in ("show_code", "show_parameters", "warning", "error", "figure")}
    resources = {"labels": labels, "injected_tag": INJECTED_TAG}
    # As HTMLExporter does it, but for reading the whole page once more to describe pictures, which `polish` does.
    body, _resources = TemplateExporter.from_notebook_node(exporter, shown, resources)
    return str(body)


@cache
def _exporter() -> Any:
    """Return the exporter of cells; its templates are compiled once a process, or once before it is forked."""
    from nbconvert.exporters import HTMLExporter
    from traitlets.config import Config

    return HTMLExporter(  # type: ignore[no-untyped-call]
        config=Config({"NbConvertBase": {"display_data_priority": _SHOWN_TYPES}}),
        template_name="cells",
        extra_template_basedirs=[str(_TEMPLATES)],
        exclude_anchor_links=True,
        default_preprocessors=[],
    )


def page_body(notebook: Mapping[str, Any], page: Page) -> Body:
    """Return the content of an executed notebook, safe and readable: what the page and its documents are made from."""
    from natverk.reports.polish import polish

    t = texts(page.lang)
    return polish(render_cells(notebook, t), t, unit=page.unit)


def page_html(notebook: Mapping[str, Any], page: Page, *, data_hash: str | None = None) -> str:
    """Return the page of an executed notebook without its files; see `render`."""
    return render(notebook, page, data_hash=data_hash).html


def render(
    notebook: Mapping[str, Any],
    page: Page,
    *,
    data_hash: str | None = None,
    formats: Sequence[str] = (),
) -> Rendered:
    """Return the page of an executed notebook, and its tables and documents as files.

    Parameters
    ----------
    notebook
        The executed notebook, normalised.
    page
        Which page it is; gives language, title and paths.
    data_hash
        `Dataset.fingerprint` of the data, for the footer.
    formats
        Of `natverk.reports.documents.PAPER_FORMATS`: what is made beside the page.

    Returns
    -------
    Rendered
        A whole HTML document, the CSV files of its tables and the documents asked for. Links to other languages are
        put in by `relink`.

    Raises
    ------
    NatverkError
        If a document cannot be made.
    """
    from markupsafe import Markup

    t = texts(page.lang)
    body = page_body(notebook, page)
    html = (
        environment()
        .get_template("page.html.j2")
        .render(
            t=t,
            page=page,
            title=body.title or page.title,
            body=Markup(body.html),
            contents=body.contents,
            style=Markup(asset("style.css")),
            script=Markup(asset("page.js").strip()),
            home=_home(page),
            data_hash=data_hash,
            formats=formats,
        )
    )
    files: dict[str, str | bytes] = {**body.files}
    if formats:
        from natverk.reports.documents import document

        made = document(body, page, formats, data_hash=data_hash)
        files |= {f"{page.unit}.{kind}": content for kind, content in made.items()}
    return Rendered(html, files)


def failed_html(page: Page, failure: Failure, *, started: str, older: bool) -> str:
    """Return the page that says why another could not be made.

    Parameters
    ----------
    page
        The page that failed.
    failure
        The summary and, if there is one, the traceback.
    started
        When the run began.
    older
        Whether an older good page stands beside it and can be linked to.
    """
    from markupsafe import Markup

    return (
        environment()
        .get_template("failed.html.j2")
        .render(
            t=texts(page.lang),
            page=page,
            failure=failure,
            started=f"{started[:16].replace('T', ' ')} UTC",
            older=older,
            style=Markup(asset("style.css")),
            home=_home(page),
        )
    )


def relink(html: str, page_id: str, languages: set[str]) -> str:
    """Return a page whose language switch leads to the same page in those of `languages` that are not its own."""
    lang, rest = page_id.split("/", 1)
    up = "../" * (rest.count("/") + 1)
    links = [
        f'<a href="{up}{other}/{rest}.html" hreflang="{other}" lang="{other}">'
        f"{texts(other)('site.language.switch')}</a>"
        for other in LANGUAGES
        if other in languages and other != lang
    ]
    return _LINKS.sub(lambda _match: "<!--languages-->" + "".join(links) + "<!--/languages-->", html, count=1)


def _home(page: Page) -> str:
    return "../" * page.id.count("/") + INDEX_FILES[page.lang]
