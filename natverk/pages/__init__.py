"""What pages say: one module a kind of page, its prose in templates beside it; computes nothing."""

from __future__ import annotations

from natverk.pages import evidence, municipality, network
from natverk.pages.municipality import municipality_page
from natverk.pages.network import network_page
from natverk.pages.page import NotebookPage

__all__ = ["NotebookPage", "evidence", "municipality", "municipality_page", "network", "network_page"]
