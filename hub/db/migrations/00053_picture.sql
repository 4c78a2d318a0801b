-- +goose Up
-- Pictures that applicants hand in as evidence of a claim: the blob of each by
-- the hash of its ciphertext, and the key that opens it, sealed. With the row
-- goes the key. at is ms since 1970, civil clock.
CREATE TABLE picture (
	id       TEXT   NOT NULL PRIMARY KEY,
	account  TEXT   NOT NULL,
	campaign TEXT   NOT NULL,
	kind     TEXT   NOT NULL,
	code     TEXT   NOT NULL,
	width    BIGINT NOT NULL,
	height   BIGINT NOT NULL,
	size     BIGINT NOT NULL,
	at       BIGINT NOT NULL,
	hash     TEXT   NOT NULL,
	secret   BYTEA  NOT NULL
);
CREATE INDEX picture_person ON picture (account, campaign);
-- How to get to a point (怎么去), as its county words it.
ALTER TABLE point ADD COLUMN way TEXT NOT NULL DEFAULT '';
