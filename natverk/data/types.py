"""The types of the built tables, named outright: no option of pandas and no variable of the environment changes them.

What `"str"` means depends on `future.infer_string`: without it, a blank becomes the text "nan" without a word. Here it
is text with missing values, whatever somebody's options say. In whose memory it stands, Arrow's or Python's, is what
`mode.string_storage` says when natverk is imported, as for every other text of the session: a merge of the two would
give columns of objects.
"""

from __future__ import annotations

from typing import Literal, cast

import numpy as np
import pandas as pd
import pyarrow as pa

__all__ = ["TEXT", "to_arrow", "to_frame"]

#: The type of every column of text; what `"str"` means where no option is set.
# To the type checker it is that word.
TEXT: Literal["str"] = cast('Literal["str"]', pd.StringDtype(na_value=np.nan))
_ARROW = {"str": pa.large_string(), "Int64": pa.int64(), "Float64": pa.float64(), "boolean": pa.bool_()}
_PANDAS = {
    pa.large_string(): TEXT,
    pa.int64(): pd.Int64Dtype(),
    pa.float64(): pd.Float64Dtype(),
    pa.bool_(): pd.BooleanDtype(),
}


def to_arrow(frame: pd.DataFrame) -> pa.Table:
    """Return a built table in Arrow's types, by the dtypes of its columns.

    >>> to_arrow(pd.DataFrame({"code": pd.Series(["0180"], dtype=TEXT)})).schema.field("code").type
    DataType(large_string)
    """
    schema = pa.schema([(str(name), _ARROW[str(dtype)]) for name, dtype in frame.dtypes.items()])
    return pa.Table.from_pandas(frame, schema=schema, preserve_index=False, nthreads=1)


def to_frame(table: pa.Table) -> pd.DataFrame:
    """Return a table as it was built: every column in its own type, what is missing as missing.

    >>> frame = pd.DataFrame({"note": pd.Series(["å", None], dtype=TEXT)})
    >>> to_frame(to_arrow(frame))["note"].isna().tolist()
    [False, True]
    """
    # Without threads: those of Arrow can abort the interpreter when it ends.
    return pd.DataFrame(table.to_pandas(types_mapper=_PANDAS.get, ignore_metadata=True, use_threads=False))
