"""Matters as the years go: forgotten in time, moved with releases and organisations, never out of sight."""
