-- +goose Up
-- Backups of the hub, and how far each box's chain was here, without a gap, when a
-- backup began: what is copied after that holds all of it. done_at is 0 until
-- somebody has read the copy back; only then boxes are told (the backup mark).
CREATE TABLE backup (
	number   BIGINT NOT NULL PRIMARY KEY,
	begun_at BIGINT NOT NULL,
	done_at  BIGINT NOT NULL
);
CREATE TABLE backup_mark (
	backup BIGINT NOT NULL,
	box    TEXT   NOT NULL,
	epoch  BIGINT NOT NULL,
	seq    BIGINT NOT NULL,
	PRIMARY KEY (backup, box, epoch)
);
