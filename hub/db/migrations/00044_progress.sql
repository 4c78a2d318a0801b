-- +goose Up
-- What the journal adds up to, for each point and each division above it; hour
-- counts from 1970, UTC, and is -1 for the sum of all. above is the place one
-- tier up, so that a page of a place's children is one range.
CREATE TABLE progress (
	campaign   TEXT   NOT NULL,
	above      TEXT   NOT NULL,
	place      TEXT   NOT NULL,
	hour       BIGINT NOT NULL,
	level      TEXT   NOT NULL,
	registered BIGINT NOT NULL,
	confirmed  BIGINT NOT NULL,
	paid       BIGINT NOT NULL,
	PRIMARY KEY (campaign, above, place, hour, level)
);
CREATE INDEX progress_sums ON progress (campaign, above, place) WHERE hour = -1;
-- How far the journal has been counted.
CREATE TABLE progress_position (
	id     BIGINT NOT NULL PRIMARY KEY,
	number BIGINT NOT NULL
);
INSERT INTO progress_position (id, number) VALUES (1, 0);
-- Earlier years of which a table of numbers is left: new ones of each day.
CREATE TABLE progress_past (
	kind       TEXT   NOT NULL,
	year       BIGINT NOT NULL,
	division   TEXT   NOT NULL,
	day        TEXT   NOT NULL,
	registered BIGINT NOT NULL,
	confirmed  BIGINT NOT NULL,
	PRIMARY KEY (kind, year, division, day)
);
-- Was written with every record; what it said the journal says.
DROP TABLE tally;
