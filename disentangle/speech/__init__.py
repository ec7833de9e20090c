"""Sound: front end, encoders, decoder, critics, and the model that joins them."""
