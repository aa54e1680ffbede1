"""Full-text search over anything that has a kind and a number, in Chinese, on both databases."""
