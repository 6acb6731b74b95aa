"""Runs migrations on a connection that `webapp.schema` opened."""

from alembic import context

from webapp.models import metadata

context.configure(
    connection=context.config.attributes["connection"],
    target_metadata=metadata,
    render_as_batch=True,
    compare_type=True,
)
with context.begin_transaction():
    context.run_migrations()
