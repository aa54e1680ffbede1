"""Organisations (a tree), people, their posts, and working calendars."""
