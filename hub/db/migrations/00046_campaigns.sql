-- +goose Up
-- How far a rehearsal under way is, and whether somebody asked it to stop: kept
-- apart from what came of it, written twice a second by whoever walks, read and
-- asked by every hub on this database. beat is real time, so that a walk whose
-- hub died is known by its silence.
CREATE TABLE campaign_progress (
	rehearsal TEXT    NOT NULL PRIMARY KEY,
	done      BIGINT  NOT NULL,
	total     BIGINT  NOT NULL,
	stop      BOOLEAN NOT NULL,
	beat      BIGINT  NOT NULL
);

-- One row for each time somebody had the whole journal checked. findings is
-- text, one finding a line, empty when nothing was wrong.
CREATE TABLE journal_check (
	id          TEXT   NOT NULL PRIMARY KEY,
	state       TEXT   NOT NULL,
	checked_by  TEXT   NOT NULL,
	began_at    BIGINT NOT NULL,
	ended_at    BIGINT NOT NULL,
	done        BIGINT NOT NULL,
	total       BIGINT NOT NULL,
	checkpoints BIGINT NOT NULL,
	found       BIGINT NOT NULL,
	findings    TEXT   NOT NULL,
	beat        BIGINT NOT NULL
);

-- Who did it, where that is a person of the office: most entries are of boxes
-- and candidates and pay nothing for it. Entries from before stand with an empty
-- text until the sealer has filled them in.
ALTER TABLE journal_entry ADD COLUMN staff TEXT NOT NULL DEFAULT '';
CREATE INDEX journal_staff ON journal_entry (staff, number) WHERE staff <> '';
-- What is rare among millions is found by its act, and a day by its time; both
-- indexes grow at few ends, which stay in memory.
CREATE INDEX journal_act ON journal_entry (act, number);
CREATE INDEX journal_at ON journal_entry (at, number);
