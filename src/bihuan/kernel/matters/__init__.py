"""Matters (事项): everything that must be closed. One table, one state machine, one time line."""
