"""What somebody may take part in, whatever facet lets them."""
