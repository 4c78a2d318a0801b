package campaign_test

import (
	"bytes"
	"errors"
	"testing"

	"zhunkao/hub/campaign"
	"zhunkao/hub/db"
	"zhunkao/hub/db/dbtest"
	rules "zhunkao/protocol/campaign"
)

func bundle(t *testing.T, version uint32) []byte {
	t.Helper()
	c := rules.Adult2019()
	c.Version = version
	b, err := rules.Encode(c)
	if err != nil {
		t.Fatal(err)
	}
	return b
}

func TestPublishAndRead(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		ctx := t.Context()
		publish := func(version uint32) error {
			return d.Write(ctx, func(tx *db.Tx) error {
				_, err := campaign.Publish(ctx, tx, bundle(t, version), "s1", 1000)
				return err
			})
		}
		for _, v := range []uint32{1, 3} {
			if err := publish(v); err != nil {
				t.Fatal(err)
			}
		}
		for _, v := range []uint32{1, 2, 3} {
			if err := publish(v); !errors.Is(err, campaign.ErrVersion) {
				t.Errorf("version %d after 3: %v, want ErrVersion", v, err)
			}
		}
		if err := d.Read(ctx, func(tx *db.Tx) error {
			v, err := campaign.Latest(ctx, tx, "adult-2019")
			if err != nil || v.Version != 3 || !bytes.Equal(v.Bundle, bundle(t, 3)) || v.PublishedBy != "s1" {
				t.Errorf("Latest = %d, %v", v.Version, err)
			}
			if c, err := v.Decode(); err != nil || c.Version != 3 {
				t.Errorf("Decode = %d, %v", c.Version, err)
			}
			if v, err := campaign.Get(ctx, tx, "adult-2019", 1); err != nil || v.Version != 1 {
				t.Errorf("Get 1 = %d, %v", v.Version, err)
			}
			if _, err := campaign.Get(ctx, tx, "adult-2019", 2); !errors.Is(err, campaign.ErrNotFound) {
				t.Errorf("Get 2 = %v", err)
			}
			if _, err := campaign.Latest(ctx, tx, "none"); !errors.Is(err, campaign.ErrNotFound) {
				t.Errorf("Latest of none = %v", err)
			}
			all, err := campaign.List(ctx, tx)
			if err != nil || len(all) != 2 || all[0].Version != 3 {
				t.Errorf("List = %v, %v", all, err)
			}
			return nil
		}); err != nil {
			t.Fatal(err)
		}
	})
}

func TestPublishRefusesWhatIsNoCampaign(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		broken := rules.Adult2019()
		broken.Windows = nil
		broken.Form.Fields = nil
		b, err := rules.Encode(broken)
		if err != nil {
			t.Fatal(err)
		}
		for name, raw := range map[string][]byte{"nothing": nil, "not JSON": []byte("{"), "an empty one": b} {
			err := d.Write(t.Context(), func(tx *db.Tx) error {
				_, err := campaign.Publish(t.Context(), tx, raw, "s1", 1)
				return err
			})
			if err == nil {
				t.Errorf("%s was published", name)
			}
		}
	})
}

func TestAChangedBundleIsRefused(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		ctx := t.Context()
		err := d.Write(ctx, func(tx *db.Tx) error {
			if _, err := campaign.Publish(ctx, tx, bundle(t, 1), "s1", 1); err != nil {
				return err
			}
			_, err := tx.Exec(ctx, `UPDATE campaign_version SET bundle = $1`, bundle(t, 2))
			return err
		})
		if err != nil {
			t.Fatal(err)
		}
		if err := d.Read(ctx, func(tx *db.Tx) error {
			_, err := campaign.Latest(ctx, tx, "adult-2019")
			return err
		}); !errors.Is(err, campaign.ErrDamaged) {
			t.Errorf("Latest = %v, want ErrDamaged", err)
		}
	})
}
