"""Paper that must go out: the outbox, notices to people, e-mail digests, webhooks."""
