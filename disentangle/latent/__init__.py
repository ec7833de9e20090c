"""Code space as a tool: back to z, attributes, editing, completion; through any frozen generator."""
