"""What a launch began from, and the order of what happened in it: enough to play it again. Previews are logged too."""

from alembic import op

revision = "0003"
down_revision = "0002"


def upgrade() -> None:
    # Columns without a default are added without rewriting a row; the index holds previews alone, which are few.
    op.get_bind().exec_driver_sql(
        """
        ALTER TABLE launches ADD COLUMN start_state jsonb;        -- what the registration was when the launch began
        ALTER TABLE launch_commits ADD COLUMN change_order int[]; -- jsonb forgets the order in which elements were set
        ALTER TABLE navigations
            ADD COLUMN step int,                -- place among the launch's starts, reloads (nav below 0) and navigations
            ADD COLUMN commits_before int,      -- the newest commit that was taken before it
            ADD COLUMN delivery int,            -- the number of the delivery that came of it, or that went on
            ADD COLUMN seen_at timestamptz,     -- of a reload: when the window before it was last heard of
            ADD COLUMN recalled jsonb,          -- values of the delivered activity from before this launch
            ADD COLUMN heard jsonb,             -- what the learner's other courses had written since the move before
            ADD COLUMN timed_out boolean;       -- the part was left because its time was over
        CREATE INDEX launches_previews ON launches (tenant_id, course_id, id DESC) WHERE registration_id IS NULL;
        """
    )
