-- +goose Up
-- Tables of results (demands A6, A53) as the province imported them: marks, and who was
-- admitted where. While it is 'reading' an import counts for nothing; what is 'applied'
-- counts, the last one for each candidate; rows are only added.
CREATE TABLE result_import (
	id         TEXT   PRIMARY KEY,
	campaign   TEXT   NOT NULL,
	kind       TEXT   NOT NULL, -- scores, admission
	state      TEXT   NOT NULL, -- reading, shown, applied, undone, dropped
	sha256     TEXT   NOT NULL,
	base       TEXT   NOT NULL, -- what it was compared with: the imports applied then, hashed
	rows       BIGINT NOT NULL,
	fresh      BIGINT NOT NULL,
	changed    BIGINT NOT NULL,
	same       BIGINT NOT NULL,
	refused    BIGINT NOT NULL,
	undecided  BIGINT NOT NULL, -- whose claims of a bonus nobody has decided
	shown_at   BIGINT NOT NULL, -- ms
	shown_by   TEXT   NOT NULL,
	applied_at BIGINT NOT NULL,
	applied_by TEXT   NOT NULL,
	applied_second TEXT NOT NULL,
	open_at    BIGINT NOT NULL, -- ms; from when candidates see it
	ended_at   BIGINT NOT NULL, -- undone, or dropped
	ended_by   TEXT   NOT NULL,
	ended_second TEXT NOT NULL,
	ended_why  TEXT   NOT NULL
);
CREATE INDEX result_import_kind ON result_import (campaign, kind, state);
CREATE TABLE result_row (
	import      TEXT   NOT NULL REFERENCES result_import (id),
	position    BIGINT NOT NULL, -- as it was read, over all sheets
	sheet       TEXT   NOT NULL, -- '' where the table has none
	number      BIGINT NOT NULL, -- its row, as a person counts
	application TEXT   NOT NULL,
	state       TEXT   NOT NULL, -- fresh, changed, same
	school      TEXT   NOT NULL, -- of an admission
	body        BYTEA  NOT NULL,
	PRIMARY KEY (import, position)
);
CREATE UNIQUE INDEX result_row_application ON result_row (application, import);
CREATE INDEX result_row_school ON result_row (import, school);
-- Why rows were refused; of a table with very many the first ones.
CREATE TABLE result_refusal (
	import   TEXT   NOT NULL REFERENCES result_import (id),
	position BIGINT NOT NULL,
	sheet    TEXT   NOT NULL,
	number   BIGINT NOT NULL,
	heading  TEXT   NOT NULL,
	code     TEXT   NOT NULL,
	zh       TEXT   NOT NULL,
	en       TEXT   NOT NULL,
	PRIMARY KEY (import, position)
);
