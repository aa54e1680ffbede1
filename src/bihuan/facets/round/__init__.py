"""Rounds of commendation: nominations with their conditions, a vote, a ranking, awards and the wall."""
