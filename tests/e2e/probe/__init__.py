"""What the tests put into the root file system beside the station."""
