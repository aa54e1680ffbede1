"""Organisations and people as one workbook: given out, looked at, taken in."""
