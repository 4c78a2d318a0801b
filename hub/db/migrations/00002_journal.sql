-- +goose Up
-- One row for each entry, written in the transaction that caused it with the
-- three last columns null; the sealer fills them. body is what is hashed; the
-- other columns repeat parts of it for finding and are checked against it.
CREATE TABLE journal_entry (
	id           TEXT   NOT NULL PRIMARY KEY,
	body         BYTEA  NOT NULL,
	at           BIGINT NOT NULL,
	act          TEXT   NOT NULL,
	subject_kind TEXT   NOT NULL,
	subject_id   TEXT   NOT NULL,
	point        TEXT   NOT NULL,
	division     TEXT   NOT NULL,
	number       BIGINT,
	chain        BYTEA,
	seal         BYTEA
);
CREATE UNIQUE INDEX journal_number ON journal_entry (number);
CREATE INDEX journal_unsealed ON journal_entry (id) WHERE number IS NULL;
CREATE INDEX journal_subject ON journal_entry (subject_kind, subject_id, number);

CREATE TABLE journal_checkpoint (
	number BIGINT NOT NULL PRIMARY KEY,
	at     BIGINT NOT NULL,
	line   TEXT   NOT NULL
);
