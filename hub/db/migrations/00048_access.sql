-- +goose Up
-- What other systems may call with: a token by its hash, never itself. State is
-- asked, issued or revoked; scopes are words separated by blanks.
CREATE TABLE access_token (
	id           TEXT   NOT NULL PRIMARY KEY,
	name         TEXT   NOT NULL,
	scopes       TEXT   NOT NULL,
	division     TEXT   NOT NULL,
	days         BIGINT NOT NULL,
	reason       TEXT   NOT NULL,
	state        TEXT   NOT NULL,
	asked_by     TEXT   NOT NULL,
	asked_at     BIGINT NOT NULL,
	issued_by    TEXT   NOT NULL,
	issued_at    BIGINT NOT NULL,
	expires_at   BIGINT NOT NULL,
	revoked_by   TEXT   NOT NULL,
	revoked_at   BIGINT NOT NULL,
	used_at      BIGINT NOT NULL,
	hash         BYTEA  NULL UNIQUE
);
