"""The offline application: the media service, the adapters and the screens around the one session."""
