"""SQL that every step needs: composed once, and sent in as few messages as may be."""
