"""How fast it is: the engine beside loops written by hand, training, its data, conversion. `make bench` runs all."""
