"""What pages say: one module a kind of page, its prose in templates beside it; computes nothing."""

from __future__ import annotations

from natverk.pages import evidence, network, region
from natverk.pages.network import network_page
from natverk.pages.page import NotebookPage
from natverk.pages.region import region_page

__all__ = ["NotebookPage", "evidence", "network", "network_page", "region", "region_page"]
