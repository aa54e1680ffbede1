"""Stances: what people say to a matter, each once: seconding, a vote by show of hands, adopting."""
