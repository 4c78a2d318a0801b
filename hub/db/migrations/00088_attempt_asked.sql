-- +goose Up
-- Who tried to pay by a channel in a stretch of time (A59).
CREATE INDEX payment_attempt_asked ON payment_attempt (channel, asked_at);
