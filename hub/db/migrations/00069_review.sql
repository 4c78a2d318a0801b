-- +goose Up
-- What a clerk looked at for somebody at the desk of her point: the newest
-- review of an application stands. items is JSON of keys and results; what was
-- noted and the keys of the pictures are in content, sealed under a data key.
-- looked and at are ms since 1970, the box's and the hub's.
CREATE TABLE review (
	id          TEXT    NOT NULL PRIMARY KEY,
	application TEXT    NOT NULL,
	campaign    TEXT    NOT NULL,
	rules       BIGINT  NOT NULL,
	version     BIGINT  NOT NULL,
	point       TEXT    NOT NULL,
	division    TEXT    NOT NULL,
	box         TEXT    NOT NULL,
	record      TEXT    NOT NULL,
	clerk       TEXT    NOT NULL,
	state       TEXT    NOT NULL,
	items       TEXT    NOT NULL,
	doubtful    BOOLEAN NOT NULL,
	pledge      TEXT    NOT NULL,
	blobs       TEXT    NOT NULL,
	body_hash   TEXT    NOT NULL,
	looked      BIGINT  NOT NULL,
	at          BIGINT  NOT NULL,
	content     BYTEA   NOT NULL,
	envelope    BYTEA   NOT NULL
);
CREATE INDEX review_application ON review (application);
CREATE UNIQUE INDEX review_stands ON review (application) WHERE state = 'stands';
CREATE INDEX review_newest ON review (at, id) WHERE state = 'stands';
CREATE INDEX review_doubtful ON review (at, id) WHERE state = 'stands' AND doubtful;
-- What she claims there, each with the pictures that show it: facts until an
-- office decides.
CREATE TABLE review_claim (
	review      TEXT NOT NULL,
	application TEXT NOT NULL,
	kind        TEXT NOT NULL,
	code        TEXT NOT NULL,
	shown       TEXT NOT NULL,
	copies      TEXT NOT NULL,
	state       TEXT NOT NULL,
	PRIMARY KEY (review, kind, code)
);
CREATE INDEX review_claim_application ON review_claim (application);
