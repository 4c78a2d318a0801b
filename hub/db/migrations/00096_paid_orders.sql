-- +goose Up
-- Payments come faster than anything else is written here, and each moves its order to
-- paid: nearly all orders are in the end. Lists by state ask for few others, and what was
-- decided about a movement stands behind its first entry: these two indexes hold no more
-- than is looked for.
DROP INDEX payment_order_state;
CREATE INDEX payment_order_state ON payment_order (campaign, state, division) WHERE state <> 'paid';
DROP INDEX payment_entry_step;
CREATE INDEX payment_entry_step ON payment_entry (step, at) WHERE position > 0;
