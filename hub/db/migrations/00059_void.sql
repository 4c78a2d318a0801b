-- +goose Up
-- A confirmation that was taken back, and by what: a void that a box sealed, or
-- the county's word. One that came before its confirmation waits for it.
CREATE TABLE void (
	id          TEXT   NOT NULL PRIMARY KEY,
	record      TEXT   NOT NULL,
	application TEXT   NOT NULL,
	campaign    TEXT   NOT NULL,
	point       TEXT   NOT NULL,
	division    TEXT   NOT NULL,
	state       TEXT   NOT NULL,
	reason      TEXT   NOT NULL,
	clerk       TEXT   NOT NULL,
	head        TEXT   NOT NULL,
	sealed      TEXT   NOT NULL,
	copies      BIGINT NOT NULL,
	taken_back  BIGINT NOT NULL,
	body_hash   TEXT   NOT NULL,
	envelope    BYTEA,
	at          BIGINT NOT NULL
);
CREATE INDEX void_record ON void (record);
CREATE INDEX void_application ON void (application);
-- A confirmation is taken back once.
CREATE UNIQUE INDEX void_once ON void (record) WHERE state = 'done';
