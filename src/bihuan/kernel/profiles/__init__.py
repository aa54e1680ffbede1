"""People and organisations as somebody who looks may know them."""
