"""A facet nobody wrote the house for, whole in this folder: `notch = {…}` of a kind counts strokes."""
