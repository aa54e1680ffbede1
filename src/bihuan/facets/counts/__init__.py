"""Counts: whole numbers by group that people fill in as rows, added up by figures."""
