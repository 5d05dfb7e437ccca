"""What the built ISO is made of; nothing in here boots it."""
