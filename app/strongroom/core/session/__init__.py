"""One sitting at the station, as a generator of typed requests."""
