-- +goose Up
-- Revisions of an arrangement (更正版; fault 38): base is the version that one corrects,
-- '' of one that is drawn; draw the version whose draw its seed is of, '' if its own;
-- added how many additions of exception seats base had when it was computed.
ALTER TABLE seating_version ADD COLUMN base TEXT NOT NULL DEFAULT '';
ALTER TABLE seating_version ADD COLUMN draw TEXT NOT NULL DEFAULT '';
ALTER TABLE seating_version ADD COLUMN added BIGINT NOT NULL DEFAULT 0;
DROP INDEX seating_version_making;
CREATE UNIQUE INDEX seating_version_making ON seating_version (campaign) WHERE state IN ('freezing', 'frozen', 'drawn', 'numbering', 'computed');

-- The highest seat that was ever given in a room: in a revision seats in the middle may
-- be empty, and seats counts who sits.
ALTER TABLE seating_room ADD COLUMN last BIGINT NOT NULL DEFAULT 0;
UPDATE seating_room SET last = seats;

-- Who does not keep her seat in a revision, and why. Where she sat and sits stands in
-- seating_seat of both versions.
CREATE TABLE seating_change (
	version     TEXT   NOT NULL REFERENCES seating_version (id),
	application TEXT   NOT NULL,
	why         TEXT   NOT NULL, -- area, need, group, ends, grid, number; new; gone, unmapped
	PRIMARY KEY (version, application)
);
CREATE INDEX seating_change_application ON seating_change (application);
