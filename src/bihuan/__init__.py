"""Bihuan 闭环: one system for every method that closes a loop."""

__version__ = "0.1.0"
