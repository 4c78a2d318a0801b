-- +goose Up
-- Divisions have their days, and heirs. A store of before held the list of one
-- day, which was that of no other: org.SeedDivisions puts the days right at the
-- next start, and until then the list stands for every day.
ALTER TABLE division ADD COLUMN heir TEXT NOT NULL DEFAULT '';
DELETE FROM division WHERE EXISTS (SELECT 1 FROM division earlier WHERE earlier.code = division.code AND earlier.since < division.since);
UPDATE division SET since = '';

-- A head and an information admin for every office (demand A13). Who was the
-- contact was its head.
ALTER TABLE office RENAME COLUMN contact TO head;
ALTER TABLE office RENAME COLUMN phone TO head_phone;
ALTER TABLE office ADD COLUMN admin TEXT NOT NULL DEFAULT '';
ALTER TABLE office ADD COLUMN admin_phone TEXT NOT NULL DEFAULT '';
ALTER TABLE office ADD COLUMN address TEXT NOT NULL DEFAULT '';
ALTER TABLE office ADD COLUMN version BIGINT NOT NULL DEFAULT 1;

ALTER TABLE point ADD COLUMN boxes BIGINT NOT NULL DEFAULT 0;
ALTER TABLE point ADD COLUMN version BIGINT NOT NULL DEFAULT 1;
