-- +goose Up
CREATE TABLE account (
	id         TEXT    NOT NULL PRIMARY KEY,
	name       TEXT    NOT NULL UNIQUE,
	display    TEXT    NOT NULL,
	role       TEXT    NOT NULL,
	office     TEXT    NOT NULL REFERENCES office (id),
	point      TEXT    NOT NULL,
	verifier   TEXT    NOT NULL,
	disabled   BOOLEAN NOT NULL,
	created_at BIGINT  NOT NULL
);
CREATE TABLE session (
	token    BYTEA  NOT NULL PRIMARY KEY,
	account  TEXT   NOT NULL REFERENCES account (id),
	csrf     TEXT   NOT NULL,
	source   TEXT   NOT NULL,
	began    BIGINT NOT NULL,
	seen     BIGINT NOT NULL
);
CREATE INDEX session_account ON session (account);
-- Failures of signing in, by keyed hash of account name, of source, and of both.
CREATE TABLE sign_in_failure (
	subject BYTEA  NOT NULL PRIMARY KEY,
	failed  BIGINT NOT NULL,
	last    BIGINT NOT NULL
);
