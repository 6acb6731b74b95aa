"""The customer ledger (客户台帐): one package per noun. It knows no workflow."""
