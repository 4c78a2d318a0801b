-- +goose Up
-- When the city sent papers back, ms since 1970 by the hub's civil clock, 0 never or
-- before this was kept; and which record took the place of one that was sent back.
-- Records come late: what was signed before she was asked to come again answers
-- nothing, and what is taken back gives back the place that it took.
ALTER TABLE confirmation ADD COLUMN returned BIGINT NOT NULL DEFAULT 0;
ALTER TABLE confirmation ADD COLUMN replaced_by TEXT NOT NULL DEFAULT '';
-- The last sequence that a box said it had sealed in an epoch that has ended: what
-- lies below it and never came is missing when the box is retired.
ALTER TABLE box_epoch ADD COLUMN head BIGINT NOT NULL DEFAULT 0;
-- A review of a confirmation that has not come waits for it.
CREATE INDEX review_waits ON review (record) WHERE state = 'waiting';
