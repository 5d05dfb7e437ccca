"""The companion on the online computer: watches wallets, makes requests, checks answers."""
