"""The floor: what Django itself costs. ORM, default middleware, a session; nothing of ours."""
