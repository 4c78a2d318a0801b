-- +goose Up
CREATE TABLE division (
	code    TEXT   NOT NULL,
	since   TEXT   NOT NULL,
	until   TEXT   NOT NULL,
	name    TEXT   NOT NULL,
	parent  TEXT   NOT NULL,
	tier    TEXT   NOT NULL,
	PRIMARY KEY (code, since)
);
CREATE TABLE office (
	id       TEXT NOT NULL PRIMARY KEY,
	name     TEXT NOT NULL,
	tier     TEXT NOT NULL,
	division TEXT NOT NULL,
	contact  TEXT NOT NULL,
	phone    TEXT NOT NULL
);
CREATE TABLE point (
	code     TEXT    NOT NULL PRIMARY KEY,
	name     TEXT    NOT NULL,
	division TEXT    NOT NULL,
	contact  TEXT    NOT NULL,
	phone    TEXT    NOT NULL,
	address  TEXT    NOT NULL,
	hours    TEXT    NOT NULL,
	levels   TEXT    NOT NULL,
	medical  BOOLEAN NOT NULL,
	minors   BOOLEAN NOT NULL,
	open     BOOLEAN NOT NULL
);
CREATE INDEX point_division ON point (division);
