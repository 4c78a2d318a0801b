-- +goose Up
-- Who worked at which point, in which role and when, ms since 1970 by the
-- campaign's clock; until 0: still. What a box sealed while it was alone is judged
-- by the staff of then.
CREATE TABLE account_post (
	account TEXT   NOT NULL REFERENCES account (id),
	point   TEXT   NOT NULL,
	role    TEXT   NOT NULL,
	since   BIGINT NOT NULL,
	until   BIGINT NOT NULL DEFAULT 0
);
CREATE INDEX account_post_account ON account_post (account);
INSERT INTO account_post (account, point, role, since) SELECT id, point, role, created_at FROM account WHERE point <> '' AND NOT disabled;
