-- +goose Up
-- Which rooms are at which site (考室段; demand A50). What holds stands at each room
-- (seating_room.site); here is how it came to be: taken by the province, or changed
-- because a site was lost.
CREATE TABLE seating_block_set (
	version  TEXT   NOT NULL REFERENCES seating_version (id),
	area     TEXT   NOT NULL,
	number   BIGINT NOT NULL, -- from 1
	how      TEXT   NOT NULL, -- taken, lost
	case_id  TEXT   NOT NULL, -- of package approval; '' if none
	lost     TEXT   NOT NULL, -- the site that was lost, or ''
	blocks   TEXT   NOT NULL, -- JSON
	at       BIGINT NOT NULL,
	by_staff TEXT   NOT NULL,
	second   TEXT   NOT NULL,
	PRIMARY KEY (version, area, number)
);

-- Papers of one site that are printed together (打印批次; demands A25, A51). It names
-- nobody; what is printed lies in exam_batch_part, sealed.
CREATE TABLE exam_batch (
	id        TEXT   PRIMARY KEY,
	campaign  TEXT   NOT NULL,
	division  TEXT   NOT NULL, -- that the area lies in
	area      TEXT   NOT NULL,
	site      TEXT   NOT NULL, -- id
	version   TEXT   NOT NULL REFERENCES seating_version (id),
	blocks    BIGINT NOT NULL, -- number of the set
	papers    TEXT   NOT NULL, -- keys, blank separated
	first     BIGINT NOT NULL, -- rooms
	last      BIGINT NOT NULL,
	copy      BIGINT NOT NULL, -- 1: first print
	reason    TEXT   NOT NULL, -- of a further one
	template  TEXT   NOT NULL, -- hash over its papers' templates
	contents  TEXT   NOT NULL, -- hash over what its sections are made from
	state     TEXT   NOT NULL, -- queued, making, ready, failed, gone
	fault     TEXT   NOT NULL,
	asked_by  TEXT   NOT NULL,
	asked_at  BIGINT NOT NULL,
	total     BIGINT NOT NULL, -- sections
	done      BIGINT NOT NULL,
	pages     BIGINT NOT NULL,
	size      BIGINT NOT NULL,
	ends_at   BIGINT NOT NULL, -- when the file is done away with
	beat      BIGINT NOT NULL  -- of the hub that makes it
);
CREATE INDEX exam_batch_state ON exam_batch (state, asked_at);
CREATE INDEX exam_batch_division ON exam_batch (division, asked_at);
CREATE INDEX exam_batch_site ON exam_batch (version, site);
-- A section is one kind of paper for some rooms: a file of its own. It stands here when
-- all of it does.
CREATE TABLE exam_batch_section (
	batch  TEXT   NOT NULL REFERENCES exam_batch (id),
	n      BIGINT NOT NULL, -- in binding order; 0 is the cover, made last
	paper  TEXT   NOT NULL,
	first  BIGINT NOT NULL, -- rooms; 0 of a paper of the whole site
	last   BIGINT NOT NULL,
	things BIGINT NOT NULL, -- documents, copies counted
	pages  BIGINT NOT NULL,
	size   BIGINT NOT NULL,
	sum    BYTEA  NOT NULL, -- SHA-256 of the file
	PRIMARY KEY (batch, n)
);
CREATE TABLE exam_batch_part (
	batch TEXT   NOT NULL,
	n     BIGINT NOT NULL, -- section
	at    BIGINT NOT NULL,
	body  BYTEA  NOT NULL,
	PRIMARY KEY (batch, n, at)
);
