"""The version of the package, in a module that imports nothing.

It is that of the release which this source is, or follows: citations, manifests and fingerprints hold it, so that a
commit after a release changes no page. What a wheel or sdist is called is the git tag with the distance to it
(`hatch_build.py`); without git, or without a tag, it is called as here.
"""

__version__ = "0.1.0"
