-- +goose Up
-- What is held may have come without its parts, or without its bytes: they may come
-- later. kept is the bytes of the parts that lie with the blobs, which count against
-- the share of its box; completed is when the rest came, and carrier how; asked is
-- when somebody last had its box asked for it. Times are ms since 1970, 0 for never.
ALTER TABLE quarantine ADD COLUMN kept BIGINT NOT NULL DEFAULT 0;
ALTER TABLE quarantine ADD COLUMN completed BIGINT NOT NULL DEFAULT 0;
ALTER TABLE quarantine ADD COLUMN carrier TEXT NOT NULL DEFAULT '';
ALTER TABLE quarantine ADD COLUMN asked BIGINT NOT NULL DEFAULT 0;
