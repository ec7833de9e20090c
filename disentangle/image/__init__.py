"""Pictures: readers, made ones, and the batches that games draw from them."""
