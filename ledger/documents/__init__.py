"""Documents (资料): issued papers and uploads, stored with their hash, numbered without gaps."""
