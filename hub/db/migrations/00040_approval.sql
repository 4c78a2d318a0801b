-- +goose Up
-- One request that offices judge one after the other. Its form is sealed: see
-- approval_content. due_at is 0 where nobody waits; judge is the division (or
-- the point) whose office has it now, with its tier.
CREATE TABLE approval_case (
	id               TEXT   NOT NULL PRIMARY KEY,
	kind             TEXT   NOT NULL,
	campaign         TEXT   NOT NULL,
	campaign_version BIGINT NOT NULL,
	division         TEXT   NOT NULL,
	point            TEXT   NOT NULL,
	office           TEXT   NOT NULL,
	submitted_at     BIGINT NOT NULL,
	state            TEXT   NOT NULL,
	tier             BIGINT NOT NULL,
	round            BIGINT NOT NULL,
	version          BIGINT NOT NULL,
	judge_tier       TEXT   NOT NULL,
	judge            TEXT   NOT NULL,
	due_at           BIGINT NOT NULL,
	reminded         BIGINT NOT NULL,
	changed_at       BIGINT NOT NULL
);
CREATE INDEX approval_case_judge ON approval_case (judge_tier, judge, due_at);
CREATE INDEX approval_case_office ON approval_case (office, changed_at);
CREATE INDEX approval_case_division ON approval_case (division, state);
CREATE INDEX approval_case_due ON approval_case (state, due_at);
-- What was done to a case, in order: nothing is ever changed or removed here.
CREATE TABLE approval_step (
	case_id TEXT   NOT NULL REFERENCES approval_case (id),
	number  BIGINT NOT NULL,
	round   BIGINT NOT NULL,
	tier    BIGINT NOT NULL,
	act     TEXT   NOT NULL,
	account TEXT   NOT NULL,
	office  TEXT   NOT NULL,
	behalf  TEXT   NOT NULL,
	opinion TEXT   NOT NULL,
	at      BIGINT NOT NULL,
	PRIMARY KEY (case_id, number)
);
CREATE INDEX approval_step_account ON approval_step (account, case_id);
-- The form as each round sent it.
CREATE TABLE approval_content (
	case_id TEXT   NOT NULL REFERENCES approval_case (id),
	round   BIGINT NOT NULL,
	content BYTEA  NOT NULL,
	PRIMARY KEY (case_id, round)
);
-- Attachments: the ciphertext lies among the blobs, by its hash; its key is
-- sealed here.
CREATE TABLE approval_paper (
	id       TEXT   NOT NULL PRIMARY KEY,
	case_id  TEXT   NOT NULL REFERENCES approval_case (id),
	round    BIGINT NOT NULL,
	name     TEXT   NOT NULL,
	media    TEXT   NOT NULL,
	size     BIGINT NOT NULL,
	hash     TEXT   NOT NULL,
	secret   BYTEA  NOT NULL,
	added_by TEXT   NOT NULL,
	added_at BIGINT NOT NULL,
	UNIQUE (case_id, name, round)
);
-- An office lets a named account judge for it, for a time.
CREATE TABLE approval_delegation (
	id       TEXT   NOT NULL PRIMARY KEY,
	office   TEXT   NOT NULL,
	account  TEXT   NOT NULL,
	since    BIGINT NOT NULL,
	until    BIGINT NOT NULL,
	reason   TEXT   NOT NULL,
	given_by TEXT   NOT NULL,
	given_at BIGINT NOT NULL,
	ended_by TEXT   NOT NULL,
	ended_at BIGINT NOT NULL
);
CREATE INDEX approval_delegation_account ON approval_delegation (account, until);
CREATE INDEX approval_delegation_office ON approval_delegation (office, given_at);
