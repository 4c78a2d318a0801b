-- +goose Up
-- One order of an application that is open, paid or waived, as before. For a list of three
-- SQLite made a table at each order that it wrote, and two when one was paid: a third
-- of what that took.
DROP INDEX payment_order_one;
CREATE UNIQUE INDEX payment_order_one ON payment_order (application) WHERE state <> 'closed' AND state <> 'left';
