"""Who is kept away from a matter, and who is complained of."""
