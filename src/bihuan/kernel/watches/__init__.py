"""Links by which somebody outside follows a matter, and the texts released for them."""
