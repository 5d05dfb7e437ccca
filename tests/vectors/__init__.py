"""Bad requests by the rule that must fire, and what makes them."""
