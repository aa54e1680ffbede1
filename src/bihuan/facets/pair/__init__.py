"""Pairs: who can do what and needs what, who goes with whom by which rule, and what becomes of two."""
