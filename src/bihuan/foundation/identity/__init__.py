"""Whose site this is: what stands at the head and foot of every page."""
