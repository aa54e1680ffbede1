"""What somebody may open as themselves, and where."""
