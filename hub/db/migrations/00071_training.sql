-- +goose Up
-- Which guided exercises somebody of a point has finished, and when first, ms
-- since 1970 by the box.
CREATE TABLE training (
	account  TEXT   NOT NULL REFERENCES account (id),
	exercise TEXT   NOT NULL,
	at       BIGINT NOT NULL,
	point    TEXT   NOT NULL,
	box      TEXT   NOT NULL,
	record   TEXT   NOT NULL,
	PRIMARY KEY (account, exercise)
);
CREATE INDEX training_point ON training (point);
