-- +goose Up
-- Who made what opens an account: '' is whoever sat at the machine, 'unknown'
-- one that was made before this was noted. vouched_by is who confirmed since that
-- the account is its owner's alone.
ALTER TABLE account ADD COLUMN given_by TEXT NOT NULL DEFAULT '';
ALTER TABLE account ADD COLUMN given_at BIGINT NOT NULL DEFAULT 0;
ALTER TABLE account ADD COLUMN vouched_by TEXT NOT NULL DEFAULT '';
ALTER TABLE account ADD COLUMN vouched_at BIGINT NOT NULL DEFAULT 0;
-- Whoever besides its owner may hold what opens an account: the giver, and
-- whoever may have held the giver's when it was given. until is 0 while it
-- stands. Times are of the hub's civil clock, ms.
CREATE TABLE account_holder (
	account TEXT   NOT NULL REFERENCES account (id),
	holder  TEXT   NOT NULL,
	since   BIGINT NOT NULL,
	until   BIGINT NOT NULL,
	PRIMARY KEY (account, holder, since)
);
-- The administrator of the province was always made at the machine only. Of all
-- others nobody knows any more: two of them are no two persons until vouched for.
UPDATE account SET given_by = 'unknown' WHERE role <> 'province-admin';
INSERT INTO account_holder (account, holder, since, until) SELECT id, 'unknown', 0, 0 FROM account WHERE role <> 'province-admin';
-- An act that the campaign's table gives to two persons, asked for by one and
-- waiting for another: what it is done to, and how.
CREATE TABLE countersign (
	id         TEXT   NOT NULL PRIMARY KEY,
	act        TEXT   NOT NULL,
	subject    TEXT   NOT NULL,
	terms      TEXT   NOT NULL,
	campaign   TEXT   NOT NULL,
	division   TEXT   NOT NULL,
	point      TEXT   NOT NULL,
	reason     TEXT   NOT NULL,
	state      TEXT   NOT NULL,
	asked_by   TEXT   NOT NULL,
	asked_at   BIGINT NOT NULL,
	settled_by TEXT   NOT NULL,
	settled_at BIGINT NOT NULL,
	ends_at    BIGINT NOT NULL,
	said       TEXT   NOT NULL
);
CREATE INDEX countersign_open ON countersign (state, division, asked_at);
