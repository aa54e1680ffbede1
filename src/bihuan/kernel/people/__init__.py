"""Who belongs where, and who a rule means: memberships and rosters that programmes declare."""
