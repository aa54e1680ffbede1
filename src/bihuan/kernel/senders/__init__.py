"""What is between a matter and whoever sent it: contact, query code, mail, proof, words that must not show."""
