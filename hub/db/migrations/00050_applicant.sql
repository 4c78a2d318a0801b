-- +goose Up
-- Accounts of applicants: of a person at this hub, not of one campaign. What she
-- signs in with is found by keyed hash; name and telephone stand sealed in
-- profile. Times of passwords and sessions are ms of real time.
CREATE TABLE applicant (
	id             TEXT    NOT NULL PRIMARY KEY,
	profile        BYTEA   NOT NULL,
	verifier       TEXT    NOT NULL,
	second         TEXT    NOT NULL,
	must_change    BOOLEAN NOT NULL,
	password_at    BIGINT  NOT NULL,
	password_until BIGINT  NOT NULL,
	slip           BIGINT  NOT NULL,
	created_at     BIGINT  NOT NULL
);
CREATE INDEX applicant_slip ON applicant (slip);
-- kind is name, phone or card.
CREATE TABLE applicant_login (
	subject BYTEA NOT NULL PRIMARY KEY,
	account TEXT  NOT NULL REFERENCES applicant (id),
	kind    TEXT  NOT NULL
);
CREATE INDEX applicant_login_account ON applicant_login (account);
-- One application for each campaign; it need not stand yet.
CREATE TABLE applicant_application (
	account     TEXT   NOT NULL REFERENCES applicant (id),
	campaign    TEXT   NOT NULL,
	application TEXT   NOT NULL UNIQUE,
	bound_at    BIGINT NOT NULL,
	PRIMARY KEY (account, campaign)
);
CREATE TABLE applicant_session (
	token   BYTEA   NOT NULL PRIMARY KEY,
	account TEXT    NOT NULL REFERENCES applicant (id),
	csrf    TEXT    NOT NULL,
	source  TEXT    NOT NULL,
	began   BIGINT  NOT NULL,
	seen    BIGINT  NOT NULL,
	shared  BOOLEAN NOT NULL,
	card    BOOLEAN NOT NULL
);
CREATE INDEX applicant_session_account ON applicant_session (account);
-- What waits for the code of a text message. handle and code are hashes.
CREATE TABLE applicant_request (
	handle   BYTEA   NOT NULL PRIMARY KEY,
	kind     TEXT    NOT NULL,
	account  TEXT    NOT NULL,
	phone    BYTEA   NOT NULL,
	verifier TEXT    NOT NULL,
	shared   BOOLEAN NOT NULL,
	code     BYTEA   NOT NULL,
	tries    BIGINT  NOT NULL,
	until    BIGINT  NOT NULL
);
CREATE INDEX applicant_request_until ON applicant_request (until);
