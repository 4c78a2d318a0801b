-- +goose Up
-- Candidates whom a city proposes to seat in another area (考区调整): a list that a case of
-- approval_case names and that nobody changes. people is how many there were in it: whoever
-- is erased leaves it.
CREATE TABLE moving (
	id       TEXT   NOT NULL PRIMARY KEY,
	campaign TEXT   NOT NULL,
	division TEXT   NOT NULL, -- of the city
	to_area  TEXT   NOT NULL, -- '' is back to where the catchments lead
	people   BIGINT NOT NULL,
	by_staff TEXT   NOT NULL,
	at       BIGINT NOT NULL
);
CREATE TABLE moving_person (
	moving      TEXT   NOT NULL,
	application TEXT   NOT NULL,
	from_area   TEXT   NOT NULL, -- where she sits as it is proposed
	to_area     TEXT   NOT NULL, -- where she will
	PRIMARY KEY (moving, application)
);
CREATE INDEX moving_person_application ON moving_person (application);
