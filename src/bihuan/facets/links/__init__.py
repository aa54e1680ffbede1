"""The facet `links`: several named links of a matter to others."""
