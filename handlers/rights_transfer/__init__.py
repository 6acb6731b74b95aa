"""The verbs of other buyers (更名/增减权益人) beside those of all changes."""
