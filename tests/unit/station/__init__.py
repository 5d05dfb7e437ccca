"""The station, with screens drawn and no terminal."""
