-- +goose Up
-- An application that stands apart: the number in it was typed from papers, and is
-- that of somebody else who is registered. number_hmac of it is no number then.
ALTER TABLE application ADD COLUMN apart BOOLEAN NOT NULL DEFAULT FALSE;
