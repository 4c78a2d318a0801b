-- +goose Up
-- What a county decided about confirmations that stood beside each other. The
-- reason stands in the journal alone, where whoever reads it is known.
CREATE TABLE ruling (
	id          TEXT   NOT NULL PRIMARY KEY,
	application TEXT   NOT NULL,
	campaign    TEXT   NOT NULL,
	division    TEXT   NOT NULL,
	kept        TEXT   NOT NULL,
	sides       TEXT   NOT NULL,
	version     BIGINT NOT NULL,
	account     TEXT   NOT NULL,
	office      TEXT   NOT NULL,
	at          BIGINT NOT NULL
);
CREATE INDEX ruling_newest ON ruling (at, id);
CREATE INDEX ruling_application ON ruling (application, at);
