"""Progress (办理进度) at the desks: the daily look at steps that are late."""
