"""Speech corpora as Kaldi data directories: their tables, audio, archives and batches; imports nothing of ours."""
