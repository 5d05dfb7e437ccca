"""The ISO as people meet it: booted in QEMU, driven by keys, read from its screen."""
