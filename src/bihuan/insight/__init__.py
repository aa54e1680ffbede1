"""What it amounts to: facts drawn from events, figures computed from facts."""
