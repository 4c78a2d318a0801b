-- +goose Up
-- An application that was first entered at a point has the id that the box gave
-- it. Where the person was registered already, or entered at two points, what
-- the boxes say of that id is said of this application.
CREATE TABLE application_entered (
	entered     TEXT   NOT NULL PRIMARY KEY,
	application TEXT   NOT NULL,
	at          BIGINT NOT NULL
);
CREATE INDEX application_entered_application ON application_entered (application);
