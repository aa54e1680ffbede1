"""Clocks: start, pause, resume, extend, stop, step; and why a date is what it is."""
