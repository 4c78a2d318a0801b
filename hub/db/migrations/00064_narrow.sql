-- +goose Up
-- An entry has no number until it is sealed, and most indexes are asked by
-- number only: it is put into them once, when it has one. Before, each was
-- written, and written again by the sealer. The sealer finds what waits for it
-- in an index of its own, which stays short.
CREATE INDEX journal_waiting ON journal_entry (id) WHERE number IS NULL;
DROP INDEX journal_number;
CREATE UNIQUE INDEX journal_number ON journal_entry (number) WHERE number IS NOT NULL;
DROP INDEX journal_act;
CREATE INDEX journal_act ON journal_entry (act, number) WHERE number IS NOT NULL;
DROP INDEX journal_at;
CREATE INDEX journal_at ON journal_entry (at, number) WHERE number IS NOT NULL;
DROP INDEX journal_staff;
CREATE INDEX journal_staff ON journal_entry (staff, number) WHERE staff <> '' AND number IS NOT NULL;

-- The messages of one owner are few and stand together by the primary key.
DROP INDEX notice_unread;
DROP INDEX notice_id;
