"""Settings from the environment, URLs, WSGI."""
