-- +goose Up
-- The daily files of payment channels, as they were given. A file that is 'coming' was
-- not read in to its end and counts for nothing; one that was 'taken' is never changed
-- or removed. Days are days since 1970 in China; times ms since 1970 UTC.
CREATE TABLE statement_file (
	id           TEXT   PRIMARY KEY,
	channel      TEXT   NOT NULL,
	day          BIGINT NOT NULL,
	merchant     TEXT   NOT NULL,
	sha256       TEXT   NOT NULL, -- of the bytes as they came; 'none <day>' where the channel says that nothing moved
	size         BIGINT NOT NULL,
	source       TEXT   NOT NULL, -- brought, fetched, none
	lines        BIGINT NOT NULL,
	payments     BIGINT NOT NULL,
	payments_fen BIGINT NOT NULL,
	refunds      BIGINT NOT NULL,
	refunds_fen  BIGINT NOT NULL,
	adjustments  BIGINT NOT NULL,
	fee          BIGINT NOT NULL, -- thousandths of a fen
	state        TEXT   NOT NULL,
	fresh        BIGINT NOT NULL, -- lines that nothing was known of
	known        BIGINT NOT NULL, -- … that an earlier file had too
	changed      BIGINT NOT NULL, -- … that contradict one, or lack there
	by_staff     TEXT   NOT NULL,
	at           BIGINT NOT NULL,
	UNIQUE (channel, sha256)
);
CREATE INDEX statement_file_day ON statement_file (day, channel);
-- Its bytes, compressed and sealed, in pieces: they name who paid.
CREATE TABLE statement_piece (
	file     TEXT   NOT NULL REFERENCES statement_file (id),
	position BIGINT NOT NULL,
	body     BYTEA  NOT NULL,
	PRIMARY KEY (file, position)
);
-- Every line of every file. Only day and state are ever changed: of two words about
-- one movement one counts.
CREATE TABLE statement_entry (
	file         TEXT   NOT NULL REFERENCES statement_file (id),
	line         BIGINT NOT NULL,
	channel      TEXT   NOT NULL,
	kind         TEXT   NOT NULL,
	number       TEXT   NOT NULL,
	of_number    TEXT   NOT NULL,
	order_number TEXT   NOT NULL,
	fen          BIGINT NOT NULL,
	ordered      BIGINT NOT NULL,
	fee          BIGINT NOT NULL,
	moved_at     BIGINT NOT NULL,
	day          BIGINT NOT NULL, -- that it is reconciled in; 0: the first that is open
	state        TEXT   NOT NULL, -- coming, counts, same, waits, out
	PRIMARY KEY (file, line)
);
CREATE UNIQUE INDEX statement_entry_counts ON statement_entry (channel, kind, number) WHERE state = 'counts';
CREATE INDEX statement_entry_day ON statement_entry (channel, day) WHERE state = 'counts';
-- Two files that contradict each other about a movement: two persons decide.
CREATE TABLE statement_conflict (
	id       TEXT   PRIMARY KEY,
	channel  TEXT   NOT NULL,
	kind     TEXT   NOT NULL,
	number   TEXT   NOT NULL,
	day      BIGINT NOT NULL, -- of the later file
	old_file TEXT   NOT NULL,
	old_line BIGINT NOT NULL,
	new_file TEXT   NOT NULL,
	new_line BIGINT NOT NULL, -- 0: the later file does not have it
	state    TEXT   NOT NULL, -- waits, kept, taken
	at       BIGINT NOT NULL,
	ended_at BIGINT NOT NULL,
	by_staff TEXT   NOT NULL,
	second   TEXT   NOT NULL,
	why      TEXT   NOT NULL,
	UNIQUE (channel, kind, number, new_file)
);
CREATE INDEX statement_conflict_waits ON statement_conflict (day) WHERE state = 'waits';
-- When a channel is asked for the file of a day.
CREATE TABLE statement_errand (
	channel TEXT   NOT NULL,
	day     BIGINT NOT NULL,
	state   TEXT   NOT NULL, -- waits, had, refused
	tries   BIGINT NOT NULL,
	next_at BIGINT NOT NULL,
	said    TEXT   NOT NULL, -- code of what was wrong the last time
	line    BIGINT NOT NULL,
	PRIMARY KEY (channel, day)
);
-- What reconciliation found last of a channel's day.
CREATE TABLE day_book (
	channel TEXT   NOT NULL,
	day     BIGINT NOT NULL,
	ran_at  BIGINT NOT NULL,
	facts   TEXT   NOT NULL, -- SHA-256 of the facts
	figures TEXT   NOT NULL, -- JSON
	PRIMARY KEY (channel, day)
);
-- What is left over (未了事项): an exception, until it is matched or two persons end it.
CREATE TABLE residue (
	id           TEXT   PRIMARY KEY,
	channel      TEXT   NOT NULL,
	kind         TEXT   NOT NULL,
	number       TEXT   NOT NULL,
	class        TEXT   NOT NULL,
	order_number TEXT   NOT NULL,
	booked       BOOLEAN NOT NULL,
	stated       BOOLEAN NOT NULL,
	booked_fen   BIGINT NOT NULL,
	stated_fen   BIGINT NOT NULL,
	moved_at     BIGINT NOT NULL,
	found_day    BIGINT NOT NULL,
	day          BIGINT NOT NULL, -- whose book it stands in; 0: carried, in that of the first that is open
	carried      BOOLEAN NOT NULL,
	state        TEXT   NOT NULL, -- open, done, settled
	found_at     BIGINT NOT NULL,
	ended_at     BIGINT NOT NULL,
	by_staff     TEXT   NOT NULL,
	second       TEXT   NOT NULL,
	why          TEXT   NOT NULL,
	asks         BIGINT NOT NULL, -- so often the hub asked the channel about it
	next_ask     BIGINT NOT NULL,
	UNIQUE (channel, kind, number)
);
CREATE INDEX residue_day ON residue (day, channel);
CREATE INDEX residue_open ON residue (next_ask) WHERE state = 'open';
-- A day that was closed by two persons. Nothing updates or deletes a row of these three.
CREATE TABLE day_closing (
	day       BIGINT PRIMARY KEY,
	closed_at BIGINT NOT NULL,
	by_staff  TEXT   NOT NULL,
	second    TEXT   NOT NULL,
	why       TEXT   NOT NULL,
	figures   TEXT   NOT NULL,
	seal      TEXT   NOT NULL
);
CREATE TABLE day_sealed (
	day     BIGINT NOT NULL,
	channel TEXT   NOT NULL,
	facts   BYTEA  NOT NULL, -- gzip
	print   TEXT   NOT NULL, -- SHA-256 of the facts
	result  BYTEA  NOT NULL,
	PRIMARY KEY (day, channel)
);
CREATE TABLE day_taken (
	channel TEXT   NOT NULL,
	kind    TEXT   NOT NULL,
	number  TEXT   NOT NULL,
	day     BIGINT NOT NULL,
	PRIMARY KEY (channel, kind, number)
);
