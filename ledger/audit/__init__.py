"""Reading the audit log (操作日志) that every act of the ledger and the engine writes."""
