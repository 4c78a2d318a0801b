-- +goose Up
-- A version that is not in force yet, by the SHA-256 of its bundle.
CREATE TABLE campaign_draft (
	digest     BYTEA  NOT NULL PRIMARY KEY,
	campaign   TEXT   NOT NULL,
	version    BIGINT NOT NULL,
	bundle     BYTEA  NOT NULL,
	drafted_by TEXT   NOT NULL,
	drafted_at BIGINT NOT NULL
);
-- One row for each rehearsal: which draft, against what (version in force, the
-- points, how many versions of applications there had ever been), on which day,
-- and what came of it.
CREATE TABLE campaign_rehearsal (
	id             TEXT   NOT NULL PRIMARY KEY,
	digest         BYTEA  NOT NULL,
	campaign       TEXT   NOT NULL,
	version        BIGINT NOT NULL,
	against        BIGINT NOT NULL,
	against_digest BYTEA  NOT NULL,
	places         BYTEA  NOT NULL,
	saved          BIGINT NOT NULL,
	day            TEXT   NOT NULL,
	state          TEXT   NOT NULL,
	rehearsed_by   TEXT   NOT NULL,
	began_at       BIGINT NOT NULL,
	ended_at       BIGINT NOT NULL,
	applications   BIGINT NOT NULL,
	invalid        BIGINT NOT NULL,
	valid          BIGINT NOT NULL,
	choice         BIGINT NOT NULL,
	fee            BIGINT NOT NULL,
	unreadable     BIGINT NOT NULL
);
CREATE INDEX campaign_rehearsal_digest ON campaign_rehearsal (digest, began_at);
CREATE TABLE campaign_rehearsal_division (
	rehearsal    TEXT   NOT NULL,
	division     TEXT   NOT NULL,
	applications BIGINT NOT NULL,
	invalid      BIGINT NOT NULL,
	valid        BIGINT NOT NULL,
	choice       BIGINT NOT NULL,
	fee          BIGINT NOT NULL,
	unreadable   BIGINT NOT NULL,
	PRIMARY KEY (rehearsal, division)
);
-- Whom a version concerns: ids and codes of findings, nothing of a person.
-- Fees are in fen, -1 where there is none.
CREATE TABLE campaign_effect (
	rehearsal   TEXT   NOT NULL,
	application TEXT   NOT NULL,
	division    TEXT   NOT NULL,
	point       TEXT   NOT NULL,
	kinds       BIGINT NOT NULL,
	old_fee     BIGINT NOT NULL,
	new_fee     BIGINT NOT NULL,
	codes       TEXT   NOT NULL,
	PRIMARY KEY (rehearsal, application)
);
-- Who signed a draft, having seen the numbers of which rehearsal.
CREATE TABLE campaign_signature (
	rehearsal TEXT   NOT NULL,
	account   TEXT   NOT NULL,
	reason    TEXT   NOT NULL,
	at        BIGINT NOT NULL,
	PRIMARY KEY (rehearsal, account)
);
