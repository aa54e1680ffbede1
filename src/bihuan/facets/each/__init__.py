"""The facet `each`: a matter under this one for every organisation or person of a roster."""
