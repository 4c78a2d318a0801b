-- +goose Up
-- What a person has filled in and not yet submitted, one row for each account
-- and campaign, sealed. The revision only rises; submitted_revision is the
-- newest one that was submitted, and submitted_version what it became.
CREATE TABLE draft (
	account            TEXT   NOT NULL,
	campaign           TEXT   NOT NULL,
	revision           BIGINT NOT NULL,
	started_from       BIGINT NOT NULL,
	content            BYTEA  NOT NULL,
	begun_at           BIGINT NOT NULL,
	changed_at         BIGINT NOT NULL,
	pledged_at         BIGINT NOT NULL,
	submitted_revision BIGINT NOT NULL,
	submitted_version  BIGINT NOT NULL,
	PRIMARY KEY (account, campaign)
);
-- What a person was told and agreed to: added, never changed; the highest number
-- of a kind counts. Names and signatures are sealed.
CREATE TABLE consent (
	account          TEXT    NOT NULL,
	campaign         TEXT    NOT NULL,
	kind             TEXT    NOT NULL,
	number           BIGINT  NOT NULL,
	agreed           BOOLEAN NOT NULL,
	digest           BYTEA   NOT NULL,
	campaign_version BIGINT  NOT NULL,
	english          BOOLEAN NOT NULL,
	at               BIGINT  NOT NULL,
	signature        BYTEA   NOT NULL,
	PRIMARY KEY (account, campaign, kind, number)
);
