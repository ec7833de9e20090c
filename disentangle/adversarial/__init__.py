"""The ground floor: games of players that each minimise a loss of their own, and the engine that trains them."""
