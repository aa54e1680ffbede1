"""Thresholds: what is counted over a period at a place reaches a value, or rises too fast: a matter opens, once."""
