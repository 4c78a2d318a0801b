-- +goose Up
-- The keyed hash of what content says, so that a record that signs the same is
-- known without opening it. Versions of before have none and are opened.
ALTER TABLE application_version ADD COLUMN mark BYTEA;

-- An application has one confirmation in force, which its own index finds; only
-- the few that wait for a decision need another. Ask for both kinds by name:
-- state = 'in-force', state <> 'in-force'.
DROP INDEX confirmation_application;
CREATE INDEX confirmation_waiting ON confirmation (application) WHERE state <> 'in-force';

-- Nobody asked by it: a number is looked up among the applications, and every
-- record wrote a random page for it.
DROP INDEX confirmation_number;
