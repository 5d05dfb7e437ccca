"""From an approval to signatures, each checked a second way."""
