-- +goose Up
-- Ciphertext by its SHA-256, where blobs lie in the database and not in files:
-- several hubs share them. young says that nobody has found yet that a record
-- names it; a sweep looks at those only. put is real time, ms since 1970.
CREATE TABLE blob (
	hash  BYTEA   NOT NULL PRIMARY KEY,
	bytes BYTEA   NOT NULL,
	put   BIGINT  NOT NULL,
	young BOOLEAN NOT NULL DEFAULT TRUE
);
CREATE INDEX blob_young ON blob (put, hash) WHERE young;

-- Pieces of what has not come whole, by who sends it, part and offset. size is
-- that of the whole part, 0 where it was not known yet.
CREATE TABLE blob_piece (
	owner TEXT   NOT NULL,
	part  BYTEA  NOT NULL,
	start BIGINT NOT NULL,
	size  BIGINT NOT NULL,
	put   BIGINT NOT NULL,
	bytes BYTEA  NOT NULL,
	PRIMARY KEY (owner, part, start)
);

-- Envelopes that were announced and are not in, where several hubs listen to
-- one broker: each part of a record may have come to another hub. at and asked
-- are real time, ms since 1970.
CREATE TABLE upload (
	box   TEXT   NOT NULL,
	hash  BYTEA  NOT NULL,
	raw   BYTEA  NOT NULL,
	bytes BIGINT NOT NULL,
	at    BIGINT NOT NULL,
	asked BIGINT NOT NULL,
	PRIMARY KEY (box, hash)
);
