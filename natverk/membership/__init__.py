"""Membership: from rows of evidence to spells, to the panel, and to what is documented, listed or disputed."""
