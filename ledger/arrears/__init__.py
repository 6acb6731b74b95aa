"""Chasing arrears (催缴): one case per sale in arrears, its levels, promises, disputes, blocks and legal steps."""
