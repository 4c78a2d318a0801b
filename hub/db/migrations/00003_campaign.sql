-- +goose Up
CREATE TABLE campaign_version (
	campaign     TEXT   NOT NULL,
	version      BIGINT NOT NULL,
	bundle       BYTEA  NOT NULL,
	digest       BYTEA  NOT NULL,
	published_by TEXT   NOT NULL,
	published_at BIGINT NOT NULL,
	PRIMARY KEY (campaign, version)
);
