"""What people who were there give a matter: grades by several items, told back as averages only."""
