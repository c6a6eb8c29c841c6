"""Newer context from Statistics Sweden, Kolada and Wikidata, kept as snapshots beside own rows (extra `live`).

`refresh_population`, `refresh_kolada` and `refresh_wikidata` ask a service and show what would change; `take()` writes
a dated snapshot into a folder of own rows, and `natverk.load(overlay=…)` uses the newest. natverk's own tables stay as
they are. How: docs/live.md.

All of it has been tested against a local server made after the published form of each service's answers, **not**
against the services themselves: an answer of another form is refused with what is different.
"""

from natverk.live.kolada import kpis, refresh_kolada
from natverk.live.population import refresh_population
from natverk.live.snapshots import Snapshot
from natverk.live.web import LiveError, Patience
from natverk.live.wikidata import refresh_wikidata

__all__ = ["LiveError", "Patience", "Snapshot", "kpis", "refresh_kolada", "refresh_population", "refresh_wikidata"]
