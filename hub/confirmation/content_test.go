package confirmation_test

import (
	"reflect"
	"strings"
	"testing"

	"github.com/fxamacker/cbor/v2"

	"zhunkao/hub/confirmation"
	"zhunkao/hub/db"
	"zhunkao/hub/db/dbtest"
	"zhunkao/protocol/form"
)

// TestContentOfBefore: a row written before differences were settled and photos
// taken opens, and says nothing of either; one of today keeps both.
func TestContentOfBefore(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		ring := ring(t)
		type before struct {
			Application form.Application       `cbor:"application"`
			Chip        form.Chip              `cbor:"chip"`
			Differences []form.Difference      `cbor:"differences,omitempty"`
			Pledge      string                 `cbor:"pledge"`
			Keys        []confirmation.BlobKey `cbor:"keys"`
		}
		old, now := record(1), record(2)
		plain, err := cbor.Marshal(before{Application: form.Application{ID: "a1"}, Pledge: "ab"})
		if err != nil {
			t.Fatal(err)
		}
		sealedOld, err := ring.Seal("confirmation", old.ID, plain)
		if err != nil {
			t.Fatal(err)
		}
		want := confirmation.Content{Application: form.Application{ID: "a2"},
			Settled:  []confirmation.Settlement{{Field: form.Ethnic, Decision: confirmation.SettledChip}, {Field: form.FullName, Decision: confirmation.SettledClerk}},
			Portrait: &confirmation.Portrait{Source: confirmation.PortraitCamera, Profile: "exam", Width: 358, Height: 441, Tries: 2, Notice: strings.Repeat("ab", 32), Findings: []string{"show-eyes"}}}
		sealedNow, err := confirmation.SealContent(ring, now.ID, want)
		if err != nil {
			t.Fatal(err)
		}
		write(t, d, func(tx *db.Tx) error {
			return confirmation.Insert(ctx, tx, confirmation.New{Record: old, Content: sealedOld}, confirmation.New{Record: now, Content: sealedNow})
		})
		read(t, d, func(tx *db.Tx) error {
			c, err := confirmation.Open(ctx, tx, ring, old.ID)
			if err != nil {
				return err
			}
			if c.Application.ID != "a1" || c.Settled != nil || c.Portrait != nil {
				t.Error("a row of before says of photo or differences what it does not hold")
			}
			if c, err = confirmation.Open(ctx, tx, ring, now.ID); err != nil {
				return err
			}
			all, err := confirmation.OpenAll(ctx, tx, ring, []confirmation.Record{old, now, record(3)})
			if err != nil {
				return err
			}
			if _, there := all[record(3).ID]; there || len(all) != 2 || all[old.ID].Content.Application.ID != "a1" || !reflect.DeepEqual(all[now.ID].Content, c) {
				t.Error("opened together they are not what they are one by one")
			}
			if !reflect.DeepEqual(c.Settled, want.Settled) || !reflect.DeepEqual(c.Portrait, want.Portrait) {
				t.Error("settlements or portrait are not those that were sealed")
			}
			return nil
		})
	})
}
