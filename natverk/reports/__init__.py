"""The report machine: which pages there are, running them, and the site they make.

In the order in which a run goes through them: `plan` reads what is declared and checks what is asked before anything
runs; `record` remembers what was run on what, and says what is due; `run` runs what is due and puts it into place, by
`pool`, which forks a process for each page from one that holds the libraries ready, or by `cluster`, on other machines.
In its process, `engine` runs a page; `page` makes HTML of it, `documents` PDF and Word. `site` writes the index of all
pages and the data, `crate` the metadata; `verify` tells whether pages say the same when they are run again. `files`
leaves nothing half-way; `entrypoint` is for papermill. Nothing here knows what the notebooks are about.
"""
