-- +goose Up
-- How often an admission ticket (准考证, A25, A52, A60) was given out, by the version of
-- the arrangement it is of: the second copy is marked 补打.
CREATE TABLE ticket_copy (
	application TEXT   NOT NULL,
	version     TEXT   NOT NULL, -- of the arrangement
	copies      BIGINT NOT NULL,
	first_at    BIGINT NOT NULL, -- ms since 1970
	last_at     BIGINT NOT NULL,
	own         BOOLEAN NOT NULL, -- the newest was given to herself, not by an office
	PRIMARY KEY (application, version)
);
