-- +goose Up
-- Cash that was carried to the bank (缴存): one slip of the bank for signed days of a point,
-- entered by one person and read again by another (demand B11). What was signed is never
-- changed.
CREATE TABLE payment_deposit (
	id       TEXT   PRIMARY KEY,
	point    TEXT   NOT NULL,
	division TEXT   NOT NULL,
	serial   TEXT   NOT NULL, -- of the bank's slip
	day      TEXT   NOT NULL, -- civil, on which the bank took it
	fen      BIGINT NOT NULL CHECK (fen > 0), -- that the slip says
	counted  BIGINT NOT NULL, -- fen that were counted and signed on its days
	why      TEXT   NOT NULL, -- of a difference
	state    TEXT   NOT NULL, -- waiting, signed, dropped
	asked_by TEXT   NOT NULL,
	asked_at BIGINT NOT NULL,
	said_by  TEXT   NOT NULL,
	said_at  BIGINT NOT NULL,
	said     TEXT   NOT NULL  -- why it was dropped
);
CREATE UNIQUE INDEX payment_deposit_serial ON payment_deposit (serial) WHERE state <> 'dropped';
CREATE INDEX payment_deposit_point ON payment_deposit (division, point, asked_at);
-- The days it is for; they are free again when it is dropped. A day goes to the bank once.
CREATE TABLE payment_deposit_day (
	deposit TEXT   NOT NULL REFERENCES payment_deposit (id),
	point   TEXT   NOT NULL,
	day     TEXT   NOT NULL,
	counted BIGINT NOT NULL,
	PRIMARY KEY (point, day)
);
CREATE INDEX payment_deposit_day_of ON payment_deposit_day (deposit);
