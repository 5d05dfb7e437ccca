"""What a new request is made of: which coins, which outputs, which fee, and what to think of before."""
