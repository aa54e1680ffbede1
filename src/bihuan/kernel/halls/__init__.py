"""Halls: how many come when by appointment, and where the mobile unit goes."""
