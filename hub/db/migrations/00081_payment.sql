-- +goose Up
-- What somebody shall pay: one candidate, one fee in fen. Times are ms since 1970 by
-- the hub's civil clock.
CREATE TABLE payment_order (
	number      TEXT   PRIMARY KEY,
	application TEXT   NOT NULL,
	campaign    TEXT   NOT NULL,
	division    TEXT   NOT NULL,
	point       TEXT   NOT NULL,
	level       TEXT   NOT NULL,
	fen         BIGINT NOT NULL CHECK (fen > 0),
	state       TEXT   NOT NULL,
	opened_at   BIGINT NOT NULL,
	due_at      BIGINT NOT NULL,
	ended_at    BIGINT NOT NULL,
	movement    TEXT   NOT NULL,
	record      TEXT   NOT NULL
);
CREATE UNIQUE INDEX payment_order_one ON payment_order (application) WHERE state IN ('open', 'paid', 'waived');
CREATE INDEX payment_order_application ON payment_order (application);
CREATE INDEX payment_order_due ON payment_order (due_at) WHERE state = 'open' AND due_at > 0;
-- What a channel said moved, each once. Nothing updates or deletes a row of these three.
CREATE TABLE payment_movement (
	id           TEXT   PRIMARY KEY,
	channel      TEXT   NOT NULL,
	kind         TEXT   NOT NULL,
	number       TEXT   NOT NULL,
	of_number    TEXT   NOT NULL,
	order_number TEXT   NOT NULL,
	fen          BIGINT NOT NULL CHECK (fen > 0),
	moved_at     BIGINT NOT NULL,
	source       TEXT   NOT NULL,
	booked_by    TEXT   NOT NULL,
	booked_at    BIGINT NOT NULL,
	UNIQUE (channel, kind, number)
);
CREATE INDEX payment_movement_order ON payment_movement (order_number);
CREATE INDEX payment_movement_moved ON payment_movement (channel, moved_at);
-- The entries of a movement in their order: the first is its standing when it was
-- booked, the others what was decided about it.
CREATE TABLE payment_entry (
	id         TEXT   PRIMARY KEY,
	movement   TEXT   NOT NULL REFERENCES payment_movement (id),
	position   BIGINT NOT NULL,
	step       TEXT   NOT NULL,
	at         BIGINT NOT NULL,
	by_staff TEXT   NOT NULL,
	second     TEXT   NOT NULL,
	why        TEXT   NOT NULL,
	UNIQUE (movement, position)
);
CREATE TABLE payment_posting (
	entry   TEXT   NOT NULL REFERENCES payment_entry (id),
	fund  TEXT   NOT NULL,
	fen     BIGINT NOT NULL,
	at      BIGINT NOT NULL
);
CREATE INDEX payment_posting_fund ON payment_posting (fund, at);
CREATE INDEX payment_posting_entry ON payment_posting (entry);
