"""Seeds on paper beyond BIP-39 words: shares of which some give the seed back."""
