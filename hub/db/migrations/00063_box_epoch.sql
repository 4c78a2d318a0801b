-- +goose Up
-- The keys that a box signed with in epochs that have ended: when its disk died
-- and it was enrolled again, a stick may still bring what it had sealed before.
CREATE TABLE box_epoch (
	box        TEXT   NOT NULL,
	epoch      BIGINT NOT NULL,
	device_key BYTEA  NOT NULL,
	ended_at   BIGINT NOT NULL,
	PRIMARY KEY (box, epoch)
);
