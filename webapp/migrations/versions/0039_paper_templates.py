"""Templates of papers, and the papers made of them."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = '0039_paper_templates'
down_revision = '0038_progress'
branch_labels = None
depends_on = None

TRIGGERS = {
    "sqlite": [
        """
CREATE TRIGGER keep_made_paper_delete BEFORE DELETE ON made_paper
BEGIN SELECT RAISE(ABORT, 'append_only:made_paper'); END
        """,
        """
CREATE TRIGGER keep_made_paper_update BEFORE UPDATE ON made_paper
BEGIN SELECT RAISE(ABORT, 'append_only:made_paper'); END
        """,
        """
CREATE TRIGGER paper_template_delete_template_text_fixed BEFORE DELETE ON paper_template WHEN 1 = 1 BEGIN SELECT RAISE(ABORT, 'template_text_fixed'); END
        """,
        """
CREATE TRIGGER paper_template_update_template_text_fixed BEFORE UPDATE ON paper_template WHEN (OLD.state <> 'draft' AND NEW.text <> OLD.text) OR NEW.kind <> OLD.kind OR NEW.path <> OLD.path OR NEW.language <> OLD.language OR NEW.version <> OLD.version OR (OLD.state = 'retired' AND NEW.state <> 'retired') BEGIN SELECT RAISE(ABORT, 'template_text_fixed'); END
        """,
    ],
    "postgresql": [
        """
CREATE OR REPLACE FUNCTION public.paper_template_delete_template_text_fixed()
 RETURNS trigger
 LANGUAGE plpgsql
AS $function$ BEGIN IF 1 = 1 THEN RAISE EXCEPTION 'template_text_fixed'; END IF; RETURN OLD; END $function$
        """,
        """
CREATE OR REPLACE FUNCTION public.paper_template_update_template_text_fixed()
 RETURNS trigger
 LANGUAGE plpgsql
AS $function$ BEGIN IF (OLD.state <> 'draft' AND NEW.text <> OLD.text) OR NEW.kind <> OLD.kind OR NEW.path <> OLD.path OR NEW.language <> OLD.language OR NEW.version <> OLD.version OR (OLD.state = 'retired' AND NEW.state <> 'retired') THEN RAISE EXCEPTION 'template_text_fixed'; END IF; RETURN NEW; END $function$
        """,
        """
CREATE TRIGGER keep_made_paper_delete BEFORE DELETE ON public.made_paper FOR EACH ROW EXECUTE FUNCTION keyturn_append_only()
        """,
        """
CREATE TRIGGER keep_made_paper_update BEFORE UPDATE ON public.made_paper FOR EACH ROW EXECUTE FUNCTION keyturn_append_only()
        """,
        """
CREATE TRIGGER paper_template_delete_template_text_fixed BEFORE DELETE ON public.paper_template FOR EACH ROW EXECUTE FUNCTION paper_template_delete_template_text_fixed()
        """,
        """
CREATE TRIGGER paper_template_update_template_text_fixed BEFORE UPDATE ON public.paper_template FOR EACH ROW EXECUTE FUNCTION paper_template_update_template_text_fixed()
        """,
    ],
}


def upgrade() -> None:
    """Apply."""
    op.create_table('paper_template',
    sa.Column('id', sa.String(length=36), nullable=False),
    sa.Column('kind', sa.String(length=40), nullable=False),
    sa.Column('path', sa.String(length=250), nullable=False),
    sa.Column('language', sa.String(length=2), nullable=False),
    sa.Column('version', sa.Integer(), nullable=False),
    sa.Column('text', sa.Text(), nullable=False),
    sa.Column('state', sa.String(length=8), nullable=False),
    sa.Column('note', sa.String(length=500), nullable=True),
    sa.Column('created_at', sa.DateTime(timezone=True), nullable=False),
    sa.Column('created_by', sa.String(length=36), nullable=True),
    sa.Column('changed_at', sa.DateTime(timezone=True), nullable=False),
    sa.Column('changed_by', sa.String(length=36), nullable=True),
    sa.Column('proposed_at', sa.DateTime(timezone=True), nullable=True),
    sa.Column('proposed_by', sa.String(length=36), nullable=True),
    sa.Column('released_at', sa.DateTime(timezone=True), nullable=True),
    sa.Column('released_by', sa.String(length=36), nullable=True),
    sa.Column('retired_at', sa.DateTime(timezone=True), nullable=True),
    sa.Column('retired_by', sa.String(length=36), nullable=True),
    sa.Column('revision', sa.Integer(), nullable=False),
    sa.CheckConstraint("language IN ('zh', 'en')", name=op.f('ck_paper_template_language')),
    sa.CheckConstraint("state <> 'released' OR created_by IS NULL OR (released_by IS NOT NULL AND proposed_by IS NOT NULL AND released_by <> proposed_by AND released_by <> changed_by)", name=op.f('ck_paper_template_second_person')),
    sa.CheckConstraint("state <> 'retired' OR retired_at IS NOT NULL", name=op.f('ck_paper_template_retired_when')),
    sa.CheckConstraint("state IN ('draft', 'proposed', 'released', 'retired')", name=op.f('ck_paper_template_state')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_paper_template')),
    sa.UniqueConstraint('kind', 'path', 'language', 'version', name=op.f('uq_paper_template_kind_path_language_version'))
    )
    with op.batch_alter_table('paper_template', schema=None) as batch_op:
        batch_op.create_index('uq_paper_template_open', ['kind', 'path', 'language'], unique=True, sqlite_where=sa.text("state IN ('draft', 'proposed')"), postgresql_where=sa.text("state IN ('draft', 'proposed')"))
        batch_op.create_index('uq_paper_template_released', ['kind', 'path', 'language'], unique=True, sqlite_where=sa.text("state = 'released'"), postgresql_where=sa.text("state = 'released'"))

    op.create_table('made_paper',
    sa.Column('id', sa.String(length=36), nullable=False),
    sa.Column('key', sa.String(length=200), nullable=False),
    sa.Column('kind', sa.String(length=40), nullable=False),
    sa.Column('subject', sa.String(length=40), nullable=False),
    sa.Column('subject_id', sa.String(length=36), nullable=False),
    sa.Column('about_id', sa.String(length=80), nullable=True),
    sa.Column('number', sa.String(length=60), nullable=False),
    sa.Column('language', sa.String(length=2), nullable=False),
    sa.Column('template_id', sa.String(length=36), nullable=False),
    sa.Column('values_id', sa.String(length=36), nullable=False),
    sa.Column('values_sha256', sa.String(length=64), nullable=False),
    sa.Column('path', sa.String(length=250), nullable=False),
    sa.Column('owner_id', sa.String(length=36), nullable=True),
    sa.Column('issued_on', sa.Date(), nullable=False),
    sa.Column('at', sa.DateTime(timezone=True), nullable=False),
    sa.Column('by', sa.String(length=36), nullable=False),
    sa.ForeignKeyConstraint(['template_id'], ['paper_template.id'], name=op.f('fk_made_paper_template_id')),
    sa.ForeignKeyConstraint(['values_id'], ['kept_file.id'], name=op.f('fk_made_paper_values_id')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_made_paper')),
    sa.UniqueConstraint('key', name=op.f('uq_made_paper_key')),
    sa.UniqueConstraint('kind', 'number', name=op.f('uq_made_paper_kind_number')),
    info={'append_only': True}
    )
    with op.batch_alter_table('made_paper', schema=None) as batch_op:
        batch_op.create_index('ix_made_paper_subject_subject_id', ['subject', 'subject_id'], unique=False)

    connection = op.get_bind()
    for statement in TRIGGERS[connection.dialect.name]:
        connection.exec_driver_sql(statement)


def downgrade() -> None:
    """Take back."""
    with op.batch_alter_table('made_paper', schema=None) as batch_op:
        batch_op.drop_index('ix_made_paper_subject_subject_id')

    op.drop_table('made_paper')
    with op.batch_alter_table('paper_template', schema=None) as batch_op:
        batch_op.drop_index('uq_paper_template_released', sqlite_where=sa.text("state = 'released'"), postgresql_where=sa.text("state = 'released'"))
        batch_op.drop_index('uq_paper_template_open', sqlite_where=sa.text("state IN ('draft', 'proposed')"), postgresql_where=sa.text("state IN ('draft', 'proposed')"))

    op.drop_table('paper_template')
