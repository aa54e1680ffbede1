"""What we make of it: publications, targets."""
