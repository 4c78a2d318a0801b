-- +goose Up
-- Exception seats are few among a province's: papers that were printed before one was
-- given are found by them.
CREATE INDEX seating_seat_added ON seating_seat (version, addition) WHERE addition > 0;
