"""What a request would do, recomputed from its PSBT and the registered wallet."""
