"""The company of the stories, seen through the buyer’s page and the clerk’s desk."""
