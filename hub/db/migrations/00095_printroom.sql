-- +goose Up
-- Printers that an office may send papers to (issue 9, papers over IPP). Whoever runs the
-- server names them and says where they are; nobody types an address into a page.
CREATE TABLE office_printer (
	id       TEXT   PRIMARY KEY,
	office   TEXT   NOT NULL, -- id; it is this one's and no other's
	name     TEXT   NOT NULL,
	address  TEXT   NOT NULL UNIQUE,
	pin      BYTEA  NOT NULL, -- SHA-256 of the key that was met first, by TLS; empty until then
	added_at BIGINT NOT NULL,
	UNIQUE (office, name)
);

-- A batch on its way to paper (打印任务). One at a time for each batch, and one at a time
-- for each printer.
CREATE TABLE exam_print (
	id           TEXT    PRIMARY KEY,
	batch        TEXT    NOT NULL REFERENCES exam_batch (id),
	campaign     TEXT    NOT NULL,
	division     TEXT    NOT NULL, -- the batch's
	printer      TEXT    NOT NULL, -- id; it may be gone by now
	printer_name TEXT    NOT NULL,
	state        TEXT    NOT NULL, -- queued, printing, held, done, ended
	why          TEXT    NOT NULL, -- what a person must do, or why it ended
	look         BOOLEAN NOT NULL, -- stops behind the cover, to be looked at
	stop         BOOLEAN NOT NULL, -- somebody wants no more of it
	asked_by     TEXT    NOT NULL,
	asked_at     BIGINT  NOT NULL,
	ended_at     BIGINT  NOT NULL,
	beat         BIGINT  NOT NULL  -- of the hub that sees to it
);
CREATE UNIQUE INDEX exam_print_open ON exam_print (batch) WHERE state IN ('queued', 'printing', 'held');
CREATE UNIQUE INDEX exam_print_at ON exam_print (printer) WHERE state = 'printing';
CREATE INDEX exam_print_state ON exam_print (state, asked_at);
CREATE INDEX exam_print_batch ON exam_print (batch, asked_at);
-- A section of the batch as a job of the printer.
CREATE TABLE exam_print_part (
	print TEXT   NOT NULL REFERENCES exam_print (id),
	n     BIGINT NOT NULL, -- section, in binding order
	pages BIGINT NOT NULL,
	state TEXT   NOT NULL, -- waiting, sending, sent, printed, unsure, dropped
	sign  TEXT   NOT NULL, -- by which it is found at the printer; written before a byte leaves
	job   BIGINT NOT NULL, -- the printer's number of it; 0 until it has it whole
	done  BIGINT NOT NULL, -- pages that the printer says are out
	PRIMARY KEY (print, n)
);
