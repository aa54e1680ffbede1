"""Open311 GeoReport v2: the interface city clients already speak."""
