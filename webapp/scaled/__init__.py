"""Several processes on one database: web processes by gunicorn, jobs by Celery workers, Celery beat to wake them.

Jobs stay in the database. The broker carries wake-ups alone: "run what is due". A lost one is made good by the
next look of beat, a doubled one finds nothing left to do, so no message has to be kept, counted or confirmed.
"""
