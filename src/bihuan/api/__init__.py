"""The HTTP interface: OpenAPI, Open311."""
