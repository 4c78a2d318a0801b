-- +goose Up
-- An envelope that holds its place in its box's chain is found there; only the
-- others are looked for by their hash. The key (box, hash) of before had a
-- random page written for every record, and nothing else used it.
CREATE TABLE envelope_ordered (
	box      TEXT    NOT NULL,
	hash     TEXT    NOT NULL,
	epoch    BIGINT  NOT NULL,
	seq      BIGINT  NOT NULL,
	record   TEXT    NOT NULL,
	previous TEXT    NOT NULL,
	outcome  TEXT    NOT NULL,
	reason   TEXT    NOT NULL,
	at       BIGINT  NOT NULL,
	chained  BOOLEAN NOT NULL
);
INSERT INTO envelope_ordered (box, hash, epoch, seq, record, previous, outcome, reason, at, chained)
	SELECT box, hash, epoch, seq, record, previous, outcome, reason, at, chained FROM envelope ORDER BY box, epoch, seq;
DROP TABLE envelope;
ALTER TABLE envelope_ordered RENAME TO envelope;
CREATE UNIQUE INDEX envelope_chain ON envelope (box, epoch, seq) WHERE chained;
CREATE UNIQUE INDEX envelope_record ON envelope (record) WHERE chained;
CREATE UNIQUE INDEX envelope_beside ON envelope (box, hash) WHERE NOT chained;

-- Entries without a number stand together in journal_number already.
DROP INDEX journal_unsealed;
