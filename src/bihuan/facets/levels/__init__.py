"""The facet `levels`: pools on the tree, in which a matter lies until it is raised or handed down."""
