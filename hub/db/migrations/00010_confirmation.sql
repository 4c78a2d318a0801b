-- +goose Up
-- One row for each record that is in. Personal values stand only in content,
-- sealed under a data key; number_key finds them by keyed hash. checks and
-- timeline are JSON and name nobody.
CREATE TABLE confirmation (
	id               TEXT    NOT NULL PRIMARY KEY,
	box              TEXT    NOT NULL,
	epoch            BIGINT  NOT NULL,
	seq              BIGINT  NOT NULL,
	envelope_hash    TEXT    NOT NULL,
	previous         TEXT    NOT NULL,
	envelope         BYTEA   NOT NULL,
	campaign         TEXT    NOT NULL,
	campaign_version BIGINT  NOT NULL,
	application      TEXT    NOT NULL,
	version          BIGINT  NOT NULL,
	started_from     BIGINT  NOT NULL,
	point            TEXT    NOT NULL,
	division         TEXT    NOT NULL,
	number_key       BYTEA   NOT NULL,
	number_masked    TEXT    NOT NULL,
	state            TEXT    NOT NULL,
	state_reason     TEXT    NOT NULL,
	out_of_hours     BOOLEAN NOT NULL,
	received         BIGINT  NOT NULL,
	committed        BIGINT  NOT NULL,
	time_evidence    TEXT    NOT NULL,
	checks           TEXT    NOT NULL,
	timeline         TEXT    NOT NULL,
	blobs            TEXT    NOT NULL,
	body_hash        TEXT    NOT NULL,
	body_size        BIGINT  NOT NULL,
	opened_with      TEXT    NOT NULL,
	content          BYTEA   NOT NULL
);
-- A sequence is used once in an epoch, and an application is confirmed in force
-- once: what two hubs may both invent is refused here, not by a read.
CREATE UNIQUE INDEX confirmation_chain ON confirmation (box, epoch, seq);
CREATE UNIQUE INDEX confirmation_once ON confirmation (application) WHERE state = 'in-force';
CREATE INDEX confirmation_newest ON confirmation (committed, id);
CREATE INDEX confirmation_application ON confirmation (application);
CREATE INDEX confirmation_point ON confirmation (campaign, point, state);
CREATE INDEX confirmation_number ON confirmation (number_key);
CREATE INDEX confirmation_open ON confirmation (state, committed) WHERE state <> 'in-force';
