"""Papers of matters: what a programme lets print of its kinds, numbered, kept, checked by anybody who has one."""
