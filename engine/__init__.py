"""The host of SpiffWorkflow: definitions, instances, tasks, jobs, history. It knows no customer."""
