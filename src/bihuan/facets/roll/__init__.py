"""The facet `roll`: those whom a roster means, frozen on a matter, each with what became of them."""
