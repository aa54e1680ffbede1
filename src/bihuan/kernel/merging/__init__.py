"""Matters that say much the same, and their merging."""
