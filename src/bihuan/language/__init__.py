"""Pure text functions: tokens, likeness, redaction, reply check."""
