"""The worker loop and its schedule; no rules of its own."""
