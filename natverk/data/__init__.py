"""The data: the schema of the raw facts, their validation and build, and `load`, which hands out the tables."""
