"""Facets: what a block in a kind brings with it, a folder each: block, verbs, parts, pages, words."""
