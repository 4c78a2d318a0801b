-- +goose Up
-- The hub's word on every envelope, by the box it came from. It is what a
-- receipt is written from, so the same envelope gets the same receipt for ever.
-- chained says that the envelope bears the box's signature and holds its
-- sequence; the second of a fork does not.
CREATE TABLE envelope (
	box      TEXT    NOT NULL,
	hash     TEXT    NOT NULL,
	epoch    BIGINT  NOT NULL,
	seq      BIGINT  NOT NULL,
	record   TEXT    NOT NULL,
	previous TEXT    NOT NULL,
	outcome  TEXT    NOT NULL,
	reason   TEXT    NOT NULL,
	at       BIGINT  NOT NULL,
	chained  BOOLEAN NOT NULL,
	PRIMARY KEY (box, hash)
);
CREATE UNIQUE INDEX envelope_chain ON envelope (box, epoch, seq) WHERE chained;
CREATE UNIQUE INDEX envelope_record ON envelope (record) WHERE chained;

-- What was set aside. raw is the envelope as it came, kept while the box's
-- share allows; the parts that came with it are named and lie with the blobs.
CREATE TABLE quarantine (
	id       TEXT   NOT NULL PRIMARY KEY,
	box      TEXT   NOT NULL,
	hash     TEXT   NOT NULL,
	epoch    BIGINT NOT NULL,
	seq      BIGINT NOT NULL,
	record   TEXT   NOT NULL,
	point    TEXT   NOT NULL,
	division TEXT   NOT NULL,
	reason   TEXT   NOT NULL,
	checks   TEXT   NOT NULL,
	at       BIGINT NOT NULL,
	size     BIGINT NOT NULL,
	parts    TEXT   NOT NULL,
	raw      BYTEA
);
CREATE INDEX quarantine_newest ON quarantine (at, id);
CREATE INDEX quarantine_box ON quarantine (box, at);
