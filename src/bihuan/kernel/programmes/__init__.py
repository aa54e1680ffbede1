"""Releases of programmes, which is in force where, and their dated settings."""
