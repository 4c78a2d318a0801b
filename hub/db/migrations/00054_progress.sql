-- +goose Up
-- How many have begun to fill in at the portal, at the point their form names.
ALTER TABLE progress ADD COLUMN begun BIGINT NOT NULL DEFAULT 0;
