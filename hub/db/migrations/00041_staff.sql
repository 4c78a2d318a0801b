-- +goose Up
-- A telephone number is sealed. password_until is the end of a first password,
-- 0 if it is her own; slip is the number of the slip it was printed on.
ALTER TABLE account ADD COLUMN phone BYTEA;
ALTER TABLE account ADD COLUMN must_change BOOLEAN NOT NULL DEFAULT FALSE;
ALTER TABLE account ADD COLUMN password_at BIGINT NOT NULL DEFAULT 0;
ALTER TABLE account ADD COLUMN password_until BIGINT NOT NULL DEFAULT 0;
ALTER TABLE account ADD COLUMN slip BIGINT NOT NULL DEFAULT 0;
UPDATE account SET password_at = created_at;
-- The second factor: its secret is sealed, and last_step is the newest step of
-- 30 s whose code was used, so that no code works twice.
CREATE TABLE authenticator (
	account     TEXT    NOT NULL PRIMARY KEY REFERENCES account (id),
	secret      BYTEA   NOT NULL,
	last_step   BIGINT  NOT NULL,
	confirmed   BOOLEAN NOT NULL,
	enrolled_at BIGINT  NOT NULL
);
-- Who asks for an account (demand A28). The telephone number is sealed, and
-- goes when the request is settled.
CREATE TABLE staff_request (
	id         TEXT   NOT NULL PRIMARY KEY,
	division   TEXT   NOT NULL,
	point      TEXT   NOT NULL,
	name       TEXT   NOT NULL,
	display    TEXT   NOT NULL,
	phone      BYTEA,
	purpose    TEXT   NOT NULL,
	state      TEXT   NOT NULL,
	reason     TEXT   NOT NULL,
	account    TEXT   NOT NULL,
	asked_at   BIGINT NOT NULL,
	settled_at BIGINT NOT NULL,
	settled_by TEXT   NOT NULL
);
CREATE INDEX staff_request_open ON staff_request (state, division, asked_at);
