"""Which USB devices the station uses: storage, hubs and keyboards, and nothing else ever."""
