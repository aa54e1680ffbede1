"""Publicity: boards, frozen publications, withdrawal, counted views."""
