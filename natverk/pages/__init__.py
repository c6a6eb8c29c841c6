"""What pages say: one module a kind of page, its prose in templates beside it; computes nothing."""

from __future__ import annotations

from natverk.pages import compare, country, evidence, municipality, network, portfolio, region, strategies
from natverk.pages.explain import explain_text
from natverk.pages.explorer import Explorer
from natverk.pages.municipality import municipality_page
from natverk.pages.network import network_page
from natverk.pages.page import NotebookPage
from natverk.pages.portfolio import read_sheet
from natverk.pages.region import region_page

__all__ = [
    "Explorer",
    "NotebookPage",
    "compare",
    "country",
    "evidence",
    "explain_text",
    "municipality",
    "municipality_page",
    "network",
    "network_page",
    "portfolio",
    "read_sheet",
    "region",
    "region_page",
    "strategies",
]
