"""USB sticks: what is said over the socket, and the one process that mounts."""
