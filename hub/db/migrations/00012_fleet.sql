-- +goose Up
CREATE TABLE box (
	id           TEXT   NOT NULL PRIMARY KEY,
	point        TEXT   NOT NULL,
	unit         BIGINT NOT NULL,
	state        TEXT   NOT NULL,
	state_reason TEXT   NOT NULL,
	state_at     BIGINT NOT NULL,
	epoch        BIGINT NOT NULL,
	device_key   BYTEA  NOT NULL,
	opening      BYTEA  NOT NULL,
	certificate  BYTEA  NOT NULL,
	keystore     TEXT   NOT NULL,
	enrolled_at  BIGINT NOT NULL,
	held         BIGINT NOT NULL,
	head         BIGINT NOT NULL,
	seen         BIGINT NOT NULL,
	live         TEXT   NOT NULL
);
CREATE UNIQUE INDEX box_unit ON box (point, unit);

-- One-time enrolment codes, by keyed hash. box is empty for a new box, or names
-- the one that enrols again and thereby starts a new epoch.
CREATE TABLE box_ticket (
	code_hash  BYTEA  NOT NULL PRIMARY KEY,
	point      TEXT   NOT NULL,
	box        TEXT   NOT NULL,
	issued_by  TEXT   NOT NULL,
	issued_at  BIGINT NOT NULL,
	expires_at BIGINT NOT NULL,
	used_at    BIGINT NOT NULL,
	used_box   TEXT   NOT NULL
);
