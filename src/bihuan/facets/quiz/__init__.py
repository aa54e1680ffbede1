"""Questions with right answers, and short tests 短测 made of them: drawn, answered, marked at once."""
