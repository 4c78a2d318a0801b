-- +goose Up
-- Messages to people. owner begins with what it is: "a:" an application, "u:"
-- an account, "c:" everybody of a campaign. args is JSON: codes only, nothing of
-- a person. texting is 1 while a text message is still to be put into the outbox.
CREATE TABLE notice (
	owner   TEXT   NOT NULL,
	at      BIGINT NOT NULL,
	id      TEXT   NOT NULL,
	kind    TEXT   NOT NULL,
	args    TEXT   NOT NULL,
	read_at BIGINT NOT NULL,
	texting BIGINT NOT NULL,
	PRIMARY KEY (owner, at, id)
);
CREATE INDEX notice_id ON notice (id);
CREATE INDEX notice_unread ON notice (owner) WHERE read_at = 0;
CREATE INDEX notice_texting ON notice (at, id) WHERE texting = 1;
-- Which of the messages to everybody an account has marked as read.
CREATE TABLE notice_seen (
	account TEXT   NOT NULL,
	notice  TEXT   NOT NULL,
	at      BIGINT NOT NULL,
	PRIMARY KEY (account, notice)
);
-- An act that concerns so many that they are told one after the other: what it
-- was, and up to which application they have been told.
CREATE TABLE notice_round (
	id    TEXT   NOT NULL PRIMARY KEY,
	kind  TEXT   NOT NULL,
	ref   TEXT   NOT NULL,
	at    BIGINT NOT NULL,
	after TEXT   NOT NULL
);
-- Text messages. The telephone number and what the words are made of are sealed;
-- phone_key is a keyed hash of the number, by which it is counted. Times are real
-- time in ms.
CREATE TABLE text_message (
	id        TEXT   NOT NULL PRIMARY KEY,
	phone_key BYTEA  NOT NULL,
	kind      TEXT   NOT NULL,
	content   BYTEA  NOT NULL,
	state     TEXT   NOT NULL,
	attempts  BIGINT NOT NULL,
	fault     TEXT   NOT NULL,
	queued_at BIGINT NOT NULL,
	next_at   BIGINT NOT NULL,
	until_at  BIGINT NOT NULL,
	ended_at  BIGINT NOT NULL
);
CREATE INDEX text_message_due ON text_message (state, next_at);
CREATE INDEX text_message_phone ON text_message (phone_key, queued_at);
