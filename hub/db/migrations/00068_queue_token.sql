-- +goose Up
-- A queue token (排队号) that came with a confirmation, by the SHA-256 of what its
-- box signed: it is good for one.
CREATE TABLE queue_token (
	token  TEXT NOT NULL PRIMARY KEY,
	record TEXT NOT NULL
);
