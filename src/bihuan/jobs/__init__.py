"""The worker, what it does at its times, and the operator's tools; no rules of its own."""
