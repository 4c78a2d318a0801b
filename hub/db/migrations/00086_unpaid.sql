-- +goose Up
-- What a point finds out about those who confirmed and have not paid (demands A20,
-- A43). said and remark are what a clerk wrote down; erasure empties them.
CREATE TABLE unpaid_contact (
	id           TEXT   PRIMARY KEY,
	order_number TEXT   NOT NULL,
	application  TEXT   NOT NULL,
	at           BIGINT NOT NULL,
	way          TEXT   NOT NULL,
	outcome      TEXT   NOT NULL,
	said         TEXT   NOT NULL,
	by_staff     TEXT   NOT NULL,
	noted_at     BIGINT NOT NULL
);
CREATE INDEX unpaid_contact_order ON unpaid_contact (order_number, at);
CREATE INDEX unpaid_contact_application ON unpaid_contact (application);
CREATE TABLE unpaid_finding (
	order_number TEXT   PRIMARY KEY,
	application  TEXT   NOT NULL,
	code         TEXT   NOT NULL,
	remark       TEXT   NOT NULL,
	at           BIGINT NOT NULL,
	by_staff     TEXT   NOT NULL,
	signoff      TEXT   NOT NULL
);
CREATE INDEX unpaid_finding_application ON unpaid_finding (application);
CREATE INDEX unpaid_finding_signoff ON unpaid_finding (signoff);
-- What the channels said when they were asked the last time.
CREATE TABLE unpaid_answer (
	order_number TEXT   PRIMARY KEY,
	application  TEXT   NOT NULL,
	asked_at     BIGINT NOT NULL,
	outcome      TEXT   NOT NULL,
	by_staff     TEXT   NOT NULL
);
CREATE INDEX unpaid_answer_application ON unpaid_answer (application);
-- Asking the channels about everybody of a list.
CREATE TABLE unpaid_round (
	id       TEXT   PRIMARY KEY,
	campaign TEXT   NOT NULL,
	division TEXT   NOT NULL,
	point    TEXT   NOT NULL,
	by_staff TEXT   NOT NULL,
	at       BIGINT NOT NULL,
	total    BIGINT NOT NULL,
	done     BIGINT NOT NULL,
	paid     BIGINT NOT NULL,
	failed   BIGINT NOT NULL,
	after    TEXT   NOT NULL,
	ended_at BIGINT NOT NULL
);
CREATE INDEX unpaid_round_open ON unpaid_round (ended_at, at) WHERE ended_at = 0;
CREATE INDEX unpaid_round_place ON unpaid_round (campaign, division, point, at);
-- The point's word that its list is checked: one at a time stands.
CREATE TABLE unpaid_signoff (
	id        TEXT   PRIMARY KEY,
	campaign  TEXT   NOT NULL,
	division  TEXT   NOT NULL,
	point     TEXT   NOT NULL,
	at        BIGINT NOT NULL,
	by_staff  TEXT   NOT NULL,
	people    BIGINT NOT NULL,
	fen       BIGINT NOT NULL,
	counts    TEXT   NOT NULL,
	hash      TEXT   NOT NULL,
	ended_at  BIGINT NOT NULL,
	ended_by  TEXT   NOT NULL,
	ended_why TEXT   NOT NULL
);
CREATE UNIQUE INDEX unpaid_signoff_one ON unpaid_signoff (campaign, point) WHERE ended_at = 0;

-- More time for exactly those whom a failing channel kept from paying (A59).
CREATE TABLE payment_relief (
	id       TEXT   PRIMARY KEY,
	campaign TEXT   NOT NULL,
	division TEXT   NOT NULL,
	channel  TEXT   NOT NULL,
	from_at  BIGINT NOT NULL,
	to_at    BIGINT NOT NULL,
	due_at   BIGINT NOT NULL,
	code     TEXT   NOT NULL,
	reason   TEXT   NOT NULL,
	hash     TEXT   NOT NULL,
	people   BIGINT NOT NULL,
	reopened BIGINT NOT NULL,
	by_staff TEXT   NOT NULL,
	second   TEXT   NOT NULL,
	at       BIGINT NOT NULL
);
CREATE INDEX payment_relief_campaign ON payment_relief (campaign, at);
CREATE TABLE payment_relieved (
	relief       TEXT   NOT NULL REFERENCES payment_relief (id),
	application  TEXT   NOT NULL,
	order_number TEXT   NOT NULL,
	was_due      BIGINT NOT NULL,
	was_closed   BIGINT NOT NULL,
	PRIMARY KEY (relief, application)
);
CREATE INDEX payment_relieved_order ON payment_relieved (order_number);

-- The end (A41): who is void and why, as a list that is frozen, told, and signed.
CREATE TABLE ending (
	id           TEXT   PRIMARY KEY,
	campaign     TEXT   NOT NULL,
	division     TEXT   NOT NULL,
	state        TEXT   NOT NULL,
	drawn_at     BIGINT NOT NULL,
	drawn_by     TEXT   NOT NULL,
	object_until BIGINT NOT NULL,
	hash         TEXT   NOT NULL,
	people       BIGINT NOT NULL,
	signed_at    BIGINT NOT NULL,
	signed_by    TEXT   NOT NULL,
	second       TEXT   NOT NULL,
	signed_hash  TEXT   NOT NULL,
	voided       BIGINT NOT NULL,
	ended_at     BIGINT NOT NULL,
	ended_by     TEXT   NOT NULL,
	ended_second TEXT   NOT NULL,
	ended_why    TEXT   NOT NULL
);
CREATE INDEX ending_campaign ON ending (campaign, drawn_at);
CREATE UNIQUE INDEX ending_one ON ending (campaign) WHERE state = 'told';
CREATE TABLE ending_person (
	ending       TEXT   NOT NULL REFERENCES ending (id),
	application  TEXT   NOT NULL,
	division     TEXT   NOT NULL,
	point        TEXT   NOT NULL,
	why          TEXT   NOT NULL,
	order_number TEXT   NOT NULL,
	state        TEXT   NOT NULL,
	cause        TEXT   NOT NULL,
	note         TEXT   NOT NULL,
	said         TEXT   NOT NULL,
	said_at      BIGINT NOT NULL,
	said_by      TEXT   NOT NULL,
	settled_at   BIGINT NOT NULL,
	settled_by   TEXT   NOT NULL,
	second       TEXT   NOT NULL,
	PRIMARY KEY (ending, application)
);
CREATE INDEX ending_person_place ON ending_person (ending, division, point, application);
CREATE INDEX ending_person_application ON ending_person (application);
CREATE UNIQUE INDEX ending_person_void ON ending_person (application) WHERE state = 'void';
