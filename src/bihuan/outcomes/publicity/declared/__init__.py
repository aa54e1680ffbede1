"""What programmes declare to publicity, and what is wrong with it: boards, notices, bulletins, honours."""
