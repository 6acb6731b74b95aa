"""Progress (办理进度): the steps of a sale that its buyers can see, each with its due date, dates and owner."""
