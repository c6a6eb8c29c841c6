"""What pages say: one module a kind of page, its prose in templates beside it; computes nothing."""

from __future__ import annotations

from natverk.pages import compare, country, evidence, network, portfolio, strategies
from natverk.pages.network import network_page
from natverk.pages.page import NotebookPage
from natverk.pages.portfolio import read_sheet

__all__ = ["NotebookPage", "compare", "country", "evidence", "network", "network_page", "portfolio", "read_sheet", "strategies"]
