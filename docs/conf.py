"""How `make docs` builds the documentation: Sphinx, MyST with executed cells, PyData theme, nothing from elsewhere."""

from __future__ import annotations

import re
from pathlib import Path

from sphinx.application import Sphinx

from natverk.version import __version__

project = "natverk"
author = "natverk contributors"
copyright = "natverk contributors; MIT for the code, see DATA-LICENSE for the data"  # noqa: A001
release = version = __version__
language = "en"

extensions = ["myst_nb", "sphinx.ext.autodoc", "sphinx.ext.napoleon", "sphinx.ext.viewcode"]
exclude_patterns = ["_build", "**/.ipynb_checkpoints"]
# Single backticks stand for code in every docstring of natverk.
default_role = "code"
suppress_warnings = ["myst.header"]

myst_enable_extensions = ["colon_fence", "deflist"]
myst_heading_anchors = 3
nb_execution_mode = "cache"
nb_execution_timeout = 300
nb_execution_raise_on_error = True
nb_execution_show_tb = True
# Widgets would fetch a library; no page has one.
nb_ipywidgets_js: dict[str, dict[str, str]] = {}

napoleon_google_docstring = False
napoleon_use_rtype = False
napoleon_use_ivar = True
autodoc_typehints = "none"
autodoc_member_order = "bysource"
# Types as they are written, not unfolded.
autodoc_type_aliases = {name: name for name in ("Names", "Kinds", "YearBasis", "Counting", "ListCertainty", "PartYear")}

# What lies beside docs/ in the repository.
OUTSIDE = "data|DATA|CONTRIBUTING|notebooks|tools|bench"

html_theme = "pydata_sphinx_theme"
html_title = "natverk"
html_static_path = ["_static"]
html_css_files = ["docs.css"]
html_copy_source = False
html_show_sourcelink = False
html_theme_options = {
    "navigation_with_keys": False,
    "show_nav_level": 1,
    "secondary_sidebar_items": ["page-toc"],
    "footer_start": ["copyright"],
    "footer_end": [],
}
html_context = {"default_mode": "light"}


def setup(app: Sphinx) -> None:
    """Name the files of the repository that lie outside the documentation, and mend what the theme leaves unreached."""

    def named(_app: Sphinx, _name: str, source: list[str]) -> None:
        source[0] = re.sub(rf"\[([^\]]+)\]\((?:\.\./)+(?:{OUTSIDE})[^)]*\)", r"\1", source[0])

    def spoken(app: Sphinx, error: Exception | None) -> None:
        # The arrow that unfolds a part of the navigation is an icon alone: a screen reader would have nothing to say. A
        # table that is wider than the page scrolls, and must be reached by the keyboard.
        arrow = '<span class="toctree-toggle"'
        better = {
            f"<summary>{arrow}": f'<summary aria-label="Pages of this part">{arrow}',
            '<table class="table">': '<table class="table" tabindex="0">',
        }
        for path in [] if error else Path(app.outdir).rglob("*.html"):
            text = before = path.read_text(encoding="utf-8")
            for old, new in better.items():
                text = text.replace(old, new)
            if text != before:
                path.write_text(text, encoding="utf-8")

    app.connect("source-read", named)
    app.connect("build-finished", spoken)
