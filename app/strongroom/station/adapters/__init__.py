"""One module for each thing outside the program: sticks, the kernel, the release, OpenPGP."""
