"""The walk of every command, endpoint and inbox page with every role; what is expected stands in the text files."""
