-- +goose Up
-- The versions of an arrangement (编排版本; demands A24, A48 to A52). What is published
-- is never changed: a new version is another row. counts and problems are of the run;
-- parts holds rules, areas and catchments as they were frozen (JSON).
CREATE TABLE seating_version (
	id           TEXT   PRIMARY KEY,
	campaign     TEXT   NOT NULL,
	number       BIGINT NOT NULL,
	state        TEXT   NOT NULL, -- freezing, frozen, drawn, numbering, published, replaced, void
	venue        TEXT   NOT NULL,
	why          TEXT   NOT NULL, -- of a version after one that was published
	people       BIGINT NOT NULL,
	exempt       BIGINT NOT NULL,
	parts        TEXT   NOT NULL,
	digest       BYTEA,
	root         BYTEA,
	rooms        BIGINT NOT NULL,
	figures      TEXT   NOT NULL,
	frozen_at    BIGINT NOT NULL,
	frozen_by    TEXT   NOT NULL,
	second       TEXT   NOT NULL, -- who agreed to a new version
	ready_at     BIGINT NOT NULL, -- the list was whole, and its digest known
	drawn_at     BIGINT NOT NULL,
	numbered_by  TEXT   NOT NULL,
	numbered_second TEXT NOT NULL,
	numbered_at  BIGINT NOT NULL, -- two persons asked for it
	published_at BIGINT NOT NULL,
	ended_at     BIGINT NOT NULL, -- replaced, or void
	ended_by     TEXT   NOT NULL,
	ended_code   TEXT   NOT NULL,
	ended_why    TEXT   NOT NULL,
	UNIQUE (campaign, number)
);
CREATE UNIQUE INDEX seating_version_current ON seating_version (campaign) WHERE state = 'published';
CREATE UNIQUE INDEX seating_version_making ON seating_version (campaign) WHERE state IN ('freezing', 'frozen', 'drawn', 'numbering');

-- The frozen list, once whole, is never changed.
CREATE TABLE seating_candidate (
	version     TEXT   NOT NULL REFERENCES seating_version (id),
	application TEXT   NOT NULL,
	token       BYTEA  NOT NULL,
	division    TEXT   NOT NULL,
	level       TEXT   NOT NULL,
	category    TEXT   NOT NULL,
	language    TEXT   NOT NULL,
	need        TEXT   NOT NULL,
	origin      TEXT   NOT NULL, -- hexadecimal
	area        TEXT   NOT NULL, -- moved by hand
	late        BIGINT NOT NULL, -- 0, or the number of the addition that she came by
	PRIMARY KEY (version, application)
);
CREATE UNIQUE INDEX seating_candidate_token ON seating_candidate (version, token);
CREATE INDEX seating_candidate_application ON seating_candidate (application);

-- Rooms and seats of a version that is not published yet are nobody's: whoever reads
-- asks for a version that is, or was, and a run that was cut off is begun anew.
CREATE TABLE seating_room (
	version  TEXT   NOT NULL REFERENCES seating_version (id),
	area     TEXT   NOT NULL,
	number   BIGINT NOT NULL,
	pool     TEXT   NOT NULL,
	need     TEXT   NOT NULL,
	groups   TEXT   NOT NULL, -- one a line
	seats    BIGINT NOT NULL, -- with exception seats
	drawn    BIGINT NOT NULL, -- without them; 0 of a room that was added
	position BIGINT NOT NULL, -- in the province's tree
	up       BYTEA,           -- path to the province's root
	site     TEXT   NOT NULL, -- '' until rooms are given to sites
	PRIMARY KEY (version, area, number)
);
CREATE INDEX seating_room_site ON seating_room (version, site);
CREATE TABLE seating_seat (
	version     TEXT   NOT NULL REFERENCES seating_version (id),
	area        TEXT   NOT NULL,
	room        BIGINT NOT NULL,
	seat        BIGINT NOT NULL,
	application TEXT   NOT NULL,
	number      TEXT   NOT NULL,
	addition    BIGINT NOT NULL, -- 0, or the number of the addition
	PRIMARY KEY (version, area, room, seat)
);
CREATE UNIQUE INDEX seating_seat_application ON seating_seat (version, application);
CREATE UNIQUE INDEX seating_seat_number ON seating_seat (version, number) WHERE number <> '';
CREATE INDEX seating_seat_of ON seating_seat (application);
-- What could not be met: of a version, a trial or an addition, the first so many.
CREATE TABLE seating_problem (
	owner       TEXT   NOT NULL, -- version, campaign of the trial, or version and number of an addition
	position    BIGINT NOT NULL,
	reason      TEXT   NOT NULL,
	area        TEXT   NOT NULL,
	room        BIGINT NOT NULL,
	application TEXT   NOT NULL, -- '' if it is nobody's own
	count       BIGINT NOT NULL,
	PRIMARY KEY (owner, position)
);
CREATE INDEX seating_problem_application ON seating_problem (application);

-- The draw (抽取随机数, A49): who draws for an office, what she sealed, and what she
-- revealed. Before she reveals it the secret is nowhere here.
CREATE TABLE seating_share (
	version     TEXT   NOT NULL REFERENCES seating_version (id),
	office      TEXT   NOT NULL, -- key in the campaign
	name        TEXT   NOT NULL, -- as it stands in the bundle
	staff       TEXT   NOT NULL,
	commitment  BYTEA,
	sealed_at   BIGINT NOT NULL,
	secret      BYTEA,
	revealed_at BIGINT NOT NULL,
	wrong       BIGINT NOT NULL, -- reveals that were not what was sealed
	PRIMARY KEY (version, office)
);
-- Exception seats (增补座位) that two persons gave together.
CREATE TABLE seating_addition (
	version  TEXT   NOT NULL REFERENCES seating_version (id),
	number   BIGINT NOT NULL,
	people   BIGINT NOT NULL,
	why      TEXT   NOT NULL,
	at       BIGINT NOT NULL,
	by_staff TEXT   NOT NULL,
	second   TEXT   NOT NULL,
	PRIMARY KEY (version, number)
);
-- The last trial (试排) of a campaign: the list of today with a false seed.
CREATE TABLE seating_trial (
	campaign TEXT   PRIMARY KEY,
	state    TEXT   NOT NULL, -- asked, done, failed
	asked_at BIGINT NOT NULL,
	by_staff TEXT   NOT NULL,
	done_at  BIGINT NOT NULL,
	people   BIGINT NOT NULL,
	exempt   BIGINT NOT NULL,
	same     BOOLEAN NOT NULL, -- once more in another order, and byte for byte the same
	figures  TEXT   NOT NULL
);
