"""The language programmes are written in: schema, loader, checks, digest, diff."""
