"""Gatherings: who should come, who came, with what quorum, what was said, signed by two."""
