"""What `bihuan check` asks, a module for each concern; `spec.check` puts them in order."""
