-- +goose Up
-- What names a person is in content, sealed under a data key; number_hmac finds
-- an application by document number. Versions are never changed or removed.
CREATE TABLE application (
	id           TEXT   NOT NULL PRIMARY KEY,
	campaign     TEXT   NOT NULL,
	number_hmac  BYTEA  NOT NULL,
	version      BIGINT NOT NULL,
	point        TEXT   NOT NULL,
	division     TEXT   NOT NULL,
	state        TEXT   NOT NULL,
	confirmed_at BIGINT NOT NULL,
	confirmed_point TEXT NOT NULL,
	changed_at   BIGINT NOT NULL,
	UNIQUE (campaign, number_hmac)
);
CREATE INDEX application_point ON application (campaign, point, id);
CREATE TABLE application_version (
	application  TEXT    NOT NULL REFERENCES application (id),
	version      BIGINT  NOT NULL,
	content      BYTEA   NOT NULL,
	point        TEXT    NOT NULL,
	author_kind  TEXT    NOT NULL,
	author_id    TEXT    NOT NULL,
	origin       TEXT    NOT NULL,
	started_from BIGINT  NOT NULL,
	superseded   BOOLEAN NOT NULL,
	at           BIGINT  NOT NULL,
	PRIMARY KEY (application, version)
);
-- Counted in the transaction that changes what is counted, per point: a row for
-- the whole province would make every writer wait for every other.
CREATE TABLE tally (
	campaign   TEXT   NOT NULL,
	point      TEXT   NOT NULL,
	division   TEXT   NOT NULL,
	registered BIGINT NOT NULL,
	confirmed  BIGINT NOT NULL,
	PRIMARY KEY (campaign, point)
);
