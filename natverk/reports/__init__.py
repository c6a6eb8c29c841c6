"""The report machine: which pages there are, running them, and the site they make.

In the order in which a run goes through them: `plan` reads what is declared and checks what is asked before anything
runs; `record` remembers what was run on what, and says what is due; `run` runs what is due and puts it into place, by
`pool`, with a process for each page, forked from what `server` prepares, or by `cluster`, on other machines. In its
process, `execute` runs a page: `engine` its cells, `page` makes HTML of it, `documents` PDF and Word. `site` writes the
index of all pages and the data, `crate` the metadata; `verify` runs a page again and compares. `files` writes whole
files or none, `processes` ends processes with all they started, `entrypoint` is for papermill. Nothing here knows what
the notebooks are about.
"""
