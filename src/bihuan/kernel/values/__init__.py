"""What a matter holds, in a reader's words."""
