"""What was entered on a phone without a network."""
