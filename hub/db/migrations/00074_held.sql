-- +goose Up
-- What became of an envelope that was set aside: 'held' until two persons of an
-- office took it in the end or refused it for good, each once. forced names, on a
-- confirmation, the envelope in quarantine that it was.
ALTER TABLE quarantine ADD COLUMN fate TEXT NOT NULL DEFAULT 'held';
ALTER TABLE quarantine ADD COLUMN settled BIGINT NOT NULL DEFAULT 0;
ALTER TABLE quarantine ADD COLUMN settled_by TEXT NOT NULL DEFAULT '';
ALTER TABLE quarantine ADD COLUMN second TEXT NOT NULL DEFAULT '';
ALTER TABLE quarantine ADD COLUMN why TEXT NOT NULL DEFAULT '';
CREATE INDEX quarantine_settled ON quarantine (box, settled) WHERE fate <> 'held';
ALTER TABLE confirmation ADD COLUMN forced TEXT NOT NULL DEFAULT '';
-- The second record of one sequence stands beside the first when two persons took
-- it; what no person took stands there once, as before.
DROP INDEX confirmation_chain;
CREATE UNIQUE INDEX confirmation_chain ON confirmation (box, epoch, seq) WHERE forced = '';
