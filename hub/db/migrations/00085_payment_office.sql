-- +goose Up
-- The office's lists of orders: the newest first, of the province, a county, a point.
CREATE INDEX payment_order_opened ON payment_order (opened_at, number);
CREATE INDEX payment_order_division ON payment_order (division, opened_at, number);
CREATE INDEX payment_order_point ON payment_order (point, opened_at, number);
CREATE INDEX payment_order_sums ON payment_order (campaign, division, point, state, fen);
CREATE INDEX payment_movement_number ON payment_movement (number);
CREATE INDEX payment_movement_booked ON payment_movement (channel, booked_at);
CREATE INDEX payment_entry_step ON payment_entry (step, at);
-- Sums of funds are read from the index alone.
DROP INDEX payment_posting_fund;
CREATE INDEX payment_posting_fund ON payment_posting (fund, at, fen, entry);
-- Whose a movement is, found out later (认领): the last position counts. Nothing
-- updates or deletes a row.
CREATE TABLE payment_owner (
	movement     TEXT   NOT NULL REFERENCES payment_movement (id),
	position     BIGINT NOT NULL,
	order_number TEXT   NOT NULL REFERENCES payment_order (number),
	at           BIGINT NOT NULL,
	by_staff     TEXT   NOT NULL,
	why          TEXT   NOT NULL,
	PRIMARY KEY (movement, position)
);
CREATE INDEX payment_owner_order ON payment_owner (order_number);
-- A bank's transfer that one person entered: another enters its amount again.
CREATE TABLE payment_transfer (
	id           TEXT   PRIMARY KEY,
	serial       TEXT   NOT NULL,
	order_number TEXT   NOT NULL REFERENCES payment_order (number),
	fen          BIGINT NOT NULL CHECK (fen > 0),
	moved_at     BIGINT NOT NULL,
	division     TEXT   NOT NULL,
	state        TEXT   NOT NULL,
	asked_by     TEXT   NOT NULL,
	asked_at     BIGINT NOT NULL,
	said_by      TEXT   NOT NULL,
	said_at      BIGINT NOT NULL,
	why          TEXT   NOT NULL
);
CREATE UNIQUE INDEX payment_transfer_serial ON payment_transfer (serial) WHERE state IN ('waiting', 'booked');
CREATE INDEX payment_transfer_asked ON payment_transfer (asked_at, id);
CREATE INDEX payment_transfer_state ON payment_transfer (state, division);
-- The cash of a point and a day, counted by one person and signed by another.
CREATE TABLE payment_cash_count (
	id       TEXT   PRIMARY KEY,
	point    TEXT   NOT NULL,
	day      TEXT   NOT NULL,
	counted  BIGINT NOT NULL CHECK (counted >= 0),
	booked   BIGINT NOT NULL,
	carried  BIGINT NOT NULL,
	why      TEXT   NOT NULL,
	by_staff TEXT   NOT NULL,
	at       BIGINT NOT NULL,
	second   TEXT   NOT NULL,
	second_at BIGINT NOT NULL
);
CREATE UNIQUE INDEX payment_cash_count_signed ON payment_cash_count (point, day) WHERE second <> '';
CREATE INDEX payment_cash_count_day ON payment_cash_count (point, day, at);
