-- +goose Up
-- How far it is sure who confirmed, beside how the record stands: papers that a
-- clerk saw instead of a chip leave it open until the city has decided, or a
-- card was read after all.
ALTER TABLE confirmation ADD COLUMN proof TEXT NOT NULL DEFAULT '';
CREATE INDEX confirmation_proof ON confirmation (proof, committed, id) WHERE proof IN ('provisional', 'returned');
-- A card that was read after a confirmation on papers, and what came of it. What
-- stands on the card is in content, sealed under a data key. One that came before
-- its confirmation waits for it.
CREATE TABLE verification (
	id          TEXT   NOT NULL PRIMARY KEY,
	record      TEXT   NOT NULL,
	application TEXT   NOT NULL,
	campaign    TEXT   NOT NULL,
	point       TEXT   NOT NULL,
	division    TEXT   NOT NULL,
	box         TEXT   NOT NULL,
	outcome     TEXT   NOT NULL,
	content     BYTEA  NOT NULL,
	blobs       TEXT   NOT NULL,
	body_hash   TEXT   NOT NULL,
	envelope    BYTEA  NOT NULL,
	at          BIGINT NOT NULL
);
CREATE INDEX verification_record ON verification (record);
CREATE INDEX verification_application ON verification (application);
