"""What happened: the loop itself."""
