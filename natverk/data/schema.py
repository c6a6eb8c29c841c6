"""The schema, written once: all tables of `data/raw`, from which everything else is derived.

Validation (`natverk.data.validate`), typing of the Parquet files (`natverk.data.build`), the codebook
and the Frictionless `datapackage.json` (`natverk.data.codebook`) all read `SCHEMA`; no other place
knows a column. The definitions stand in three parts by subject, only to keep each file readable:
`schema_actors` (who there is), `schema_evidence` (what sources attest) and `schema_context`.

Examples
--------
>>> SCHEMA["memberships"].key
('row_id',)
>>> SCHEMA["memberships"].column("status").values[:3]
('full', 'member', 'associate')
"""

from __future__ import annotations

import hashlib

from natverk.data.column import Schema
from natverk.data.schema_actors import ACTOR_TABLES
from natverk.data.schema_context import CONTEXT_TABLES
from natverk.data.schema_evidence import EVIDENCE_TABLES

__all__ = ["SCHEMA", "schema_hash"]

SCHEMA = Schema({table.name: table for table in (*ACTOR_TABLES, *EVIDENCE_TABLES, *CONTEXT_TABLES)})


def schema_hash() -> str:
    """Return a hash of the whole schema; processed data built with another one are stale."""
    return hashlib.sha256(repr(list(SCHEMA.values())).encode()).hexdigest()
