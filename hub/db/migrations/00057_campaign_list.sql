-- +goose Up
-- Every page asks which versions there are. In the table the bundle, hundreds of
-- KB, lies before what is asked for; in the index it does not.
CREATE INDEX campaign_version_list ON campaign_version (campaign, version DESC, digest, published_by, published_at);
