"""The chained event log, the registry of event types, and the contact vault."""
