"""What may happen to matter: chains, decide and evolve, pure functions of their arguments."""
