-- +goose Up
-- An entry holds its two postings itself. Rows of their own were each written with the
-- entry, found by nothing but the entry, and two of them told what one line tells.
CREATE TABLE payment_line (
	movement   TEXT   NOT NULL REFERENCES payment_movement (id),
	position   BIGINT NOT NULL,
	step       TEXT   NOT NULL,
	at         BIGINT NOT NULL,
	by_staff   TEXT   NOT NULL,
	second     TEXT   NOT NULL,
	why        TEXT   NOT NULL,
	debit      TEXT   NOT NULL, -- the fund, '' where nothing is posted
	debit_fen  BIGINT NOT NULL, -- positive
	credit     TEXT   NOT NULL,
	credit_fen BIGINT NOT NULL, -- negative, as much
	PRIMARY KEY (movement, position)
);
INSERT INTO payment_line (movement, position, step, at, by_staff, second, why, debit, debit_fen, credit, credit_fen)
	SELECT e.movement, e.position, e.step, e.at, e.by_staff, e.second, e.why, coalesce(d.fund, ''), coalesce(d.fen, 0), coalesce(c.fund, ''), coalesce(c.fen, 0)
	FROM payment_entry e LEFT JOIN payment_posting d ON d.entry = e.id AND d.fen > 0 LEFT JOIN payment_posting c ON c.entry = e.id AND c.fen < 0;
DROP TABLE payment_posting;
DROP TABLE payment_entry;
ALTER TABLE payment_line RENAME TO payment_entry;
CREATE INDEX payment_entry_given_back ON payment_entry (movement, position) WHERE step = 'give-back';
CREATE INDEX payment_entry_step ON payment_entry (step, at) WHERE position > 0;
-- Nearly all that is credited is fees, and nobody looks for those by their fund.
CREATE INDEX payment_entry_debit ON payment_entry (debit, at);
CREATE INDEX payment_entry_credit ON payment_entry (credit, at) WHERE credit <> 'fees';
-- A channel's number is found by channel and kind, of which there are few; what was booked
-- on a day stands beside the movements of all days in the only question that asks for it.
DROP INDEX payment_movement_number;
DROP INDEX payment_movement_booked;
-- An order stands in one index of these two: payment moves it from one to the other.
DROP INDEX payment_order_state;
CREATE INDEX payment_order_state ON payment_order (campaign, state, division, point, fen) WHERE state <> 'paid';
DROP INDEX payment_order_sums;
CREATE INDEX payment_order_sums ON payment_order (campaign, division, point, fen) WHERE state = 'paid';
