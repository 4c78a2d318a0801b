-- +goose Up
-- What is left of an application that was erased: its id, and for a time the
-- keyed mark by which boxes know its number, so that they can be told.
CREATE TABLE application_erased (
	application TEXT   NOT NULL PRIMARY KEY,
	campaign    TEXT   NOT NULL,
	point       TEXT   NOT NULL,
	mark        BYTEA,
	at          BIGINT NOT NULL
);
-- What a person asks for about what is kept of her: a correction or erasure
-- after she is confirmed. What she wrote, and the answer, are sealed.
CREATE TABLE person_request (
	id          TEXT   NOT NULL PRIMARY KEY,
	kind        TEXT   NOT NULL,
	account     TEXT   NOT NULL,
	application TEXT   NOT NULL,
	campaign    TEXT   NOT NULL,
	division    TEXT   NOT NULL,
	point       TEXT   NOT NULL,
	content     BYTEA  NOT NULL,
	state       TEXT   NOT NULL,
	asked_at    BIGINT NOT NULL,
	answered_at BIGINT NOT NULL,
	answered_by TEXT   NOT NULL,
	answer      BYTEA  NOT NULL
);
CREATE INDEX person_request_application ON person_request (application, asked_at);
CREATE INDEX person_request_account ON person_request (account, asked_at);
CREATE INDEX person_request_open ON person_request (state, division, asked_at);
