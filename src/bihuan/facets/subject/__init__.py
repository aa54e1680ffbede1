"""The facet `subject`: whom a matter is about, a person or an organisation."""
