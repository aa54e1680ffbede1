"""Attachments: sniffed, cleaned, stored under their hash."""
