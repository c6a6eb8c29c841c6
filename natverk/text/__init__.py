"""What the pages say: sentences and tables built from the measures, in Swedish and English.

Nothing here computes a measure. A page object is made once with data, unit, period and language; its
methods take the frames that the notebook has computed and give what the reader sees.
"""

from natverk.text import compareframes, frames, municipalframes, networkframes, swedenframes, tables
from natverk.text.comparison import ComparePage
from natverk.text.explain import explain_text
from natverk.text.explorer import Explorer
from natverk.text.likeness import peer_reasons
from natverk.text.networksections import NetworkProfile
from natverk.text.page import Page, show
from natverk.text.profile import MunicipalityProfile
from natverk.text.review import PortfolioReview, read_sheet
from natverk.text.sections import RegionReport
from natverk.text.strategies import StrategiesPage
from natverk.text.swedenreport import SwedenReport
from natverk.text.table import Table

__all__ = [
    "ComparePage",
    "Explorer",
    "MunicipalityProfile",
    "NetworkProfile",
    "Page",
    "PortfolioReview",
    "RegionReport",
    "StrategiesPage",
    "SwedenReport",
    "Table",
    "compareframes",
    "explain_text",
    "frames",
    "municipalframes",
    "networkframes",
    "peer_reasons",
    "read_sheet",
    "show",
    "swedenframes",
    "tables",
]
