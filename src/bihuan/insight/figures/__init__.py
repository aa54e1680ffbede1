"""Figures: each declared once in a programme, compiled to one expression, run by either engine."""
