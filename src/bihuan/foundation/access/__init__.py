"""Who may: roles granted on the organisation tree for a time, and API tokens."""
