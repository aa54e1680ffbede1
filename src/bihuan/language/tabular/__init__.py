"""What people mean by the tables they fill in: which line is the header, what a cell says."""
