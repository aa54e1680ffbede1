"""The catalogue of services: what an organisation does for whoever applies, and what it promises."""
