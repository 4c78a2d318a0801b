-- +goose Up
CREATE TABLE incident (
	id       TEXT   NOT NULL PRIMARY KEY,
	number   BIGINT NOT NULL UNIQUE,
	kind     TEXT   NOT NULL,
	severity TEXT   NOT NULL,
	rank     BIGINT NOT NULL,
	state    TEXT   NOT NULL,
	division TEXT   NOT NULL,
	point    TEXT   NOT NULL,
	origin   TEXT   NOT NULL,
	reporter TEXT   NOT NULL,
	started  BIGINT NOT NULL,
	reported BIGINT NOT NULL,
	people   BIGINT NOT NULL,
	what     TEXT   NOT NULL,
	done     TEXT   NOT NULL,
	need     TEXT   NOT NULL,
	holder   TEXT   NOT NULL,
	deadline BIGINT NOT NULL,
	passed   BIGINT NOT NULL,
	known    TEXT   NOT NULL,
	words    TEXT   NOT NULL,
	changed  BIGINT NOT NULL,
	version  BIGINT NOT NULL
);
CREATE INDEX incident_state ON incident (state, division);
CREATE TABLE incident_entry (
	incident TEXT   NOT NULL REFERENCES incident (id),
	seq      BIGINT NOT NULL,
	at       BIGINT NOT NULL,
	act      TEXT   NOT NULL,
	account  TEXT   NOT NULL,
	division TEXT   NOT NULL,
	handed   TEXT   NOT NULL,
	measure  TEXT   NOT NULL,
	ref      TEXT   NOT NULL,
	words    TEXT   NOT NULL,
	once     TEXT,
	PRIMARY KEY (incident, seq),
	UNIQUE (incident, once)
);
-- A row that two who report at once must both change: then one of them is run
-- again, and no number is given twice.
CREATE TABLE incident_number (last BIGINT NOT NULL);
INSERT INTO incident_number (last) VALUES (0);
