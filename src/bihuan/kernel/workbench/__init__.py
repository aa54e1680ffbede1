"""What people keep for their own work: filters, drafts, text modules."""
