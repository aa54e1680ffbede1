"""Bulletins: drafted from a template with live figures, issued by another, corrected, kept."""
