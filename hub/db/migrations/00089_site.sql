-- +goose Up
-- Where the examination is sat (考点), as province, city and county have agreed: a row
-- comes and changes only by an approved case. division is the county's.
CREATE TABLE site (
	id         TEXT   NOT NULL PRIMARY KEY,
	campaign   TEXT   NOT NULL,
	division   TEXT   NOT NULL,
	code       TEXT   NOT NULL, -- county code and three digits; never used again
	name       TEXT   NOT NULL,
	address    TEXT   NOT NULL,
	contact    TEXT   NOT NULL,
	phone      TEXT   NOT NULL,
	rooms      BIGINT NOT NULL,
	seats      BIGINT NOT NULL, -- of all its rooms together
	state      TEXT   NOT NULL, -- set, closed, lost
	changed_at BIGINT NOT NULL,
	UNIQUE (campaign, code)
);
-- A city's drawing (划定) of areas (考区) and catchments (参考范围): its plan as JSON, which
-- names no person. One draft is written on; what is submitted is a copy that nobody
-- changes; one is in force.
CREATE TABLE drawing (
	id       TEXT   NOT NULL PRIMARY KEY,
	campaign TEXT   NOT NULL,
	division TEXT   NOT NULL, -- of the city
	state    TEXT   NOT NULL, -- draft, submitted, in-force, replaced
	version  BIGINT NOT NULL, -- how often a draft was written
	plan     TEXT   NOT NULL,
	by_staff TEXT   NOT NULL,
	at       BIGINT NOT NULL
);
CREATE UNIQUE INDEX drawing_draft ON drawing (campaign, division) WHERE state = 'draft';
CREATE UNIQUE INDEX drawing_in_force ON drawing (campaign, division) WHERE state = 'in-force';
-- Who sits in another area than the catchments say, one row for each act: the last
-- of an application counts; to_area '' puts her back.
CREATE TABLE area_move (
	application TEXT   NOT NULL,
	number      BIGINT NOT NULL,
	campaign    TEXT   NOT NULL,
	division    TEXT   NOT NULL,
	from_area   TEXT   NOT NULL,
	to_area     TEXT   NOT NULL,
	reason      TEXT   NOT NULL,
	by_staff    TEXT   NOT NULL,
	at          BIGINT NOT NULL,
	PRIMARY KEY (application, number)
);
CREATE INDEX area_move_campaign ON area_move (campaign, application, number);
-- The site or the drawing that a case is about, '' if it is about none.
ALTER TABLE approval_case ADD COLUMN thing TEXT NOT NULL DEFAULT '';
-- What groups are counted by, as of the first choice and of the paper; filled in as
-- level is. The lookup's edition 2 is filled in as the hub runs.
ALTER TABLE application ADD COLUMN category TEXT NOT NULL DEFAULT '';
ALTER TABLE application ADD COLUMN language TEXT NOT NULL DEFAULT '';
DROP INDEX application_unindexed;
CREATE INDEX application_unindexed ON application (indexed, id) WHERE indexed < 2;
