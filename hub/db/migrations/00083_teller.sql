-- +goose Up
-- Ways to pay that were asked of a channel. The row is there before the channel is
-- asked, and is asked about until the channel's last word. Times are ms since 1970 by
-- the hub's civil clock.
CREATE TABLE payment_attempt (
	channel      TEXT   NOT NULL,
	number       TEXT   NOT NULL, -- by which the channel knows it: the order's, or that with x2, x3, …
	order_number TEXT   NOT NULL,
	way          TEXT   NOT NULL,
	fen          BIGINT NOT NULL,
	asked_at     BIGINT NOT NULL,
	until        BIGINT NOT NULL, -- when it ends at the channel
	dead         BOOLEAN NOT NULL, -- the channel takes this number no more: the next one is used
	code         TEXT   NOT NULL, -- text of the code to scan, '' where there is none
	state        TEXT   NOT NULL, -- live, paid, ended
	next_ask     BIGINT NOT NULL,
	tries        BIGINT NOT NULL,
	away         BIGINT NOT NULL, -- so many questions in a row got no answer
	said_at      BIGINT NOT NULL, -- when the channel last answered about it
	PRIMARY KEY (channel, number)
);
CREATE INDEX payment_attempt_next ON payment_attempt (channel, next_ask) WHERE state = 'live';
CREATE INDEX payment_attempt_order ON payment_attempt (order_number);
-- Refunds as they are asked of a channel: one for each time that a payment was taken
-- back into the fund of what is returned (a give-back entry, by its position).
CREATE TABLE payment_refund (
	number       TEXT   PRIMARY KEY, -- ours, the same however often it is asked for
	movement     TEXT   NOT NULL REFERENCES payment_movement (id),
	position     BIGINT NOT NULL,
	channel      TEXT   NOT NULL,
	order_number TEXT   NOT NULL,
	why          TEXT   NOT NULL,
	asked_at     BIGINT NOT NULL,
	state        TEXT   NOT NULL, -- asked, sent, made, failed, aside
	code         TEXT   NOT NULL, -- the channel's own, when it said no
	next_ask     BIGINT NOT NULL,
	tries        BIGINT NOT NULL,
	ended_at     BIGINT NOT NULL,
	asked_again  BIGINT NOT NULL, -- when somebody last had it asked; ten days later it is set aside
	UNIQUE (movement, position)
);
CREATE INDEX payment_refund_next ON payment_refund (channel, next_ask) WHERE state IN ('asked', 'sent');
CREATE INDEX payment_entry_given_back ON payment_entry (movement, position) WHERE step = 'give-back';
-- A channel's word that contradicts what was booked of the same movement. Nothing was
-- booked for it; two persons look at it.
CREATE TABLE payment_conflict (
	id           TEXT   PRIMARY KEY,
	channel      TEXT   NOT NULL,
	kind         TEXT   NOT NULL,
	number       TEXT   NOT NULL,
	of_number    TEXT   NOT NULL,
	order_number TEXT   NOT NULL,
	fen          BIGINT NOT NULL,
	moved_at     BIGINT NOT NULL,
	source       TEXT   NOT NULL,
	heard_at     BIGINT NOT NULL,
	settled_at   BIGINT NOT NULL,
	by_staff     TEXT   NOT NULL,
	second       TEXT   NOT NULL,
	why          TEXT   NOT NULL,
	UNIQUE (channel, kind, number, of_number, order_number, fen, moved_at)
);
-- How channels answered, by the minute and the hub that asked: for the alarm (A59).
-- Rows of more than two days are removed.
CREATE TABLE payment_pulse (
	channel TEXT   NOT NULL,
	minute  BIGINT NOT NULL, -- minutes since 1970
	hub     TEXT   NOT NULL,
	asked   BIGINT NOT NULL, -- requests
	away    BIGINT NOT NULL, -- without an answer, or without a sensible one
	refused BIGINT NOT NULL, -- ways to pay that were refused
	notices BIGINT NOT NULL,
	forged  BIGINT NOT NULL,
	PRIMARY KEY (channel, minute, hub)
);
