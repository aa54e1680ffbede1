"""Programmes (载体): data, one folder each."""
