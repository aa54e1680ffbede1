"""Numbers about the running house for a monitor (Prometheus): off unless somebody may read them."""
