-- +goose Up
-- With the number in it, sealing an entry rewrote two random pages more. The
-- entries of one subject are few and are sorted when they are read.
DROP INDEX journal_subject;
CREATE INDEX journal_subject ON journal_entry (subject_kind, subject_id);
