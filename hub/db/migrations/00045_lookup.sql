-- +goose Up
-- What candidates are looked up by: a keyed hash for each thing a person may
-- type, with the place of the application, so that a search reads nothing of
-- another remit. The campaign is in the hash.
CREATE TABLE lookup (
	token       BYTEA NOT NULL,
	division    TEXT  NOT NULL,
	point       TEXT  NOT NULL,
	application TEXT  NOT NULL,
	PRIMARY KEY (token, division, point, application)
);
CREATE INDEX lookup_application ON lookup (application);
-- level is what lists are cut to; indexed is the edition of the lookup that an
-- application stands in, 0 for none: what is older is filled in as the hub runs.
ALTER TABLE application ADD COLUMN level TEXT NOT NULL DEFAULT '';
ALTER TABLE application ADD COLUMN indexed BIGINT NOT NULL DEFAULT 0;
CREATE INDEX application_unindexed ON application (indexed, id) WHERE indexed < 1;
-- A page of the list of a place: everything it is cut by stands in the index.
CREATE INDEX application_place ON application (campaign, division, point, id, state, level);
