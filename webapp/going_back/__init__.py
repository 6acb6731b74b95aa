"""Going back on the pages of tasks and cases: the acts, requests to answer, and what changed."""
