-- +goose Up
-- What opened an order, and when the record that it belongs to came: 0 while only a
-- slip tells of it (A41–A43). Times are ms since 1970 by the hub's civil clock.
ALTER TABLE payment_order ADD COLUMN cause TEXT NOT NULL DEFAULT 'confirmation';
ALTER TABLE payment_order ADD COLUMN arrived_at BIGINT NOT NULL DEFAULT 0;
CREATE INDEX payment_order_state ON payment_order (campaign, state, division);
-- Paid orders whose fee turned out to be another: the office settles each once.
CREATE TABLE payment_difference (
	order_number TEXT   PRIMARY KEY REFERENCES payment_order (number),
	level        TEXT   NOT NULL,
	fen          BIGINT NOT NULL,
	noticed_at   BIGINT NOT NULL,
	settled_at   BIGINT NOT NULL,
	settled_by   TEXT   NOT NULL,
	second       TEXT   NOT NULL,
	why          TEXT   NOT NULL
);
CREATE INDEX payment_difference_open ON payment_difference (noticed_at) WHERE settled_at = 0;
-- How far the journal has been followed by whoever keeps orders; how far he has looked
-- through the applications of a campaign whose new version moves times or fees; and
-- applications whose order could not be kept: tried again, and shown.
CREATE TABLE order_position (
	id     BIGINT PRIMARY KEY,
	number BIGINT NOT NULL
);
INSERT INTO order_position (id, number) VALUES (1, 0);
CREATE TABLE order_walk (
	campaign TEXT   PRIMARY KEY,
	division TEXT   NOT NULL,
	point    TEXT   NOT NULL,
	id       TEXT   NOT NULL
);
CREATE TABLE order_aside (
	application TEXT   PRIMARY KEY,
	since       BIGINT NOT NULL,
	tries       BIGINT NOT NULL,
	next_at     BIGINT NOT NULL,
	reason      TEXT   NOT NULL
);
