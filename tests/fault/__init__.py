"""What goes wrong from outside: races, kills, copies put back, bytes changed."""
