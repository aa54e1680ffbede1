"""What is owed by period 规定动作: who owes what how often, what met it, what is missing."""
