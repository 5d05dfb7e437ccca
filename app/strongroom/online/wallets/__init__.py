"""Where wallets are watched: one port, and the nodes and servers that stand behind it."""
