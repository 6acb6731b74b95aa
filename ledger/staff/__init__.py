"""Members of staff (员工): sign-in, roles at organisation nodes, API tokens, the directory."""
