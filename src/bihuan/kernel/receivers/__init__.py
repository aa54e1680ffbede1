"""Which organisations take messages, and what they promise."""
