"""The web page: two rooms to play in, Voice and Pictures. Rooms compute, pages show, visitors are kept apart."""
