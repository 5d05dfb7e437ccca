"""The command line of the companion: it asks, shows and writes; the rest of `online` decides."""
