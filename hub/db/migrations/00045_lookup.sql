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

-- A parcel is data of candidates that somebody asked for: packed in the
-- background, fetched once, then gone. Its bytes stand in parts, sealed.
CREATE TABLE parcel (
	id         TEXT   NOT NULL PRIMARY KEY,
	campaign   TEXT   NOT NULL,
	exchange   TEXT   NOT NULL,
	division   TEXT   NOT NULL,
	point      TEXT   NOT NULL,
	asked_by   TEXT   NOT NULL,
	asked_at   BIGINT NOT NULL,
	reason     TEXT   NOT NULL,
	mark       TEXT   NOT NULL,
	agreed_by  TEXT   NOT NULL,
	state      TEXT   NOT NULL,
	fault      TEXT   NOT NULL,
	total      BIGINT NOT NULL,
	done       BIGINT NOT NULL,
	beside     BIGINT NOT NULL,
	size       BIGINT NOT NULL,
	file       TEXT   NOT NULL,
	ends_at    BIGINT NOT NULL,
	beat       BIGINT NOT NULL
);
CREATE INDEX parcel_newest ON parcel (asked_at, id);
CREATE TABLE parcel_part (
	parcel TEXT   NOT NULL REFERENCES parcel (id),
	n      BIGINT NOT NULL,
	body   BYTEA  NOT NULL,
	PRIMARY KEY (parcel, n)
);
