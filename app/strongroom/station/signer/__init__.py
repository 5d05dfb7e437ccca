"""The process that holds the keys, and its line to the application: no terminal, no device, no mount."""
