-- +goose Up
-- The card that somebody of a point signs in by at its desk. card is sealed, and
-- holds nothing that stands on it; NULL is none since at. at is the box's ms
-- since 1970, or the hub's when it was taken off here: the later word stands.
CREATE TABLE own_card (
	account TEXT   NOT NULL PRIMARY KEY REFERENCES account (id),
	card    BYTEA,
	at      BIGINT NOT NULL,
	box     TEXT   NOT NULL
);
