"""Bulletins on paper: one composition, written as Word and as PDF."""
