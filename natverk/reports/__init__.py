"""The report machine: which pages there are, running them, and the site they make.

`project` reads what is declared, `parameters` and `plan` check what is asked before anything runs, `execute`
runs one page in a process of its own, `run` runs many, `export` makes HTML of a page, `site` the index of
all, and `manifest` remembers what was run on what. It knows nothing of what the notebooks are about.
"""
