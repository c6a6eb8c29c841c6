"""Measures: pure functions, frame in, frame out. See DESIGN: evidence → spells → panel → measures."""
