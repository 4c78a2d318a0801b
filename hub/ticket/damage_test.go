package ticket_test

import (
	"bytes"
	"errors"
	"log/slog"
	"strings"
	"testing"

	"zhunkao/hub/blob"
	"zhunkao/hub/candidate"
	"zhunkao/hub/confirmation"
	"zhunkao/hub/db"
	"zhunkao/hub/db/dbtest"
	"zhunkao/hub/flow"
	"zhunkao/hub/seating"
	"zhunkao/hub/ticket"
	"zhunkao/protocol"
)

// damaged confirms somebody with a picture whose bytes are not those of its name, and gives
// the record and the name.
func (p *province) damaged(t *testing.T, id string) (record, picture string) {
	t.Helper()
	must := func(err error) {
		t.Helper()
		if err != nil {
			t.Fatal(err)
		}
	}
	var who candidate.Found
	must(p.db.Read(t.Context(), func(tx *db.Tx) (err error) {
		who, err = p.flow.Candidates.Get(t.Context(), tx, id)
		return err
	}))
	sealed, err := protocol.SealBlob(protocol.SuiteAES, protocol.RolePhoto, "image/jpeg", []byte("a picture"))
	must(err)
	must(p.desk.Blob.Put(map[blob.Hash][]byte{blob.Hash(sealed.Ref.Hash): []byte("rot")}))
	record, picture = protocol.NewID().String(), sealed.Ref.Hash.String()
	body, err := confirmation.SealContent(p.keys, record, confirmation.Content{Application: who.Application, Portrait: &confirmation.Portrait{Source: confirmation.PortraitCamera},
		Keys: []confirmation.BlobKey{{Hash: picture, Suite: uint16(sealed.Ref.Suite), Key: sealed.Ref.Key}}})
	must(err)
	at := p.at.UnixMilli()
	r := confirmation.Record{ID: record, Box: "b2k7qaxm4ue", Epoch: 1, Sequence: 1, EnvelopeHash: protocol.HashOf([]byte(record)).String(), Previous: strings.Repeat("0", 64),
		Campaign: p.camp.ID, CampaignVersion: p.camp.Version, Application: id, Version: who.Version, StartedFrom: who.Version, Point: point, Division: county,
		NumberMasked: "4301***********1238", NumberKey: []byte("k"), Received: at, Committed: at, Time: confirmation.Time{Earliest: at, Latest: at, Source: "hub", Verdict: "open"},
		Timeline: []confirmation.Event{{Step: protocol.StepSealed, At: at}}, Blobs: []confirmation.Blob{{Role: protocol.RolePhoto, Media: "image/jpeg", Hash: picture, Size: int64(sealed.Ref.Size)}},
		BodyHash: protocol.HashOf([]byte("body" + record)).String(), BodySize: 4096, Envelope: []byte(record)}
	must(p.db.Write(t.Context(), func(tx *db.Tx) error {
		return p.flow.Confirm(t.Context(), tx, []flow.Arrival{{Record: r, Content: body, Application: who.Application, Step: flow.Step{State: confirmation.InForce}}})
	}))
	return record, picture
}

// TestDamagedPicture: a picture that has rotted is one person's. Her ticket says that there
// is none, the log says whose record it is, and her room is made like every other.
func TestDamagedPicture(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		p := newProvince(t, d, 3)
		var log bytes.Buffer
		p.desk.Log = slog.New(slog.NewTextHandler(&log, nil))
		record, picture := p.damaged(t, p.ids[0])
		err := d.Read(t.Context(), func(tx *db.Tx) error {
			one, err := p.desk.Of(t.Context(), tx, p.ids[0])
			if err != nil || one.Photo != nil || one.Reason == "" {
				t.Errorf("her ticket: %d bytes of a picture, %q, %v", len(one.Photo), one.Reason, err)
			}
			if _, err := p.desk.Picture(t.Context(), tx, point, p.ids[0], picture); !errors.Is(err, ticket.ErrNone) {
				t.Errorf("her picture for a box: %v", err)
			}
			return nil
		})
		if err != nil {
			t.Fatal(err)
		}
		if !strings.Contains(log.String(), record) {
			t.Errorf("the log does not say which record: %s", log.String())
		}
		m := p.maker(t, t.TempDir(), 64<<20)
		if err := m.Step(t.Context()); err != nil {
			t.Fatal(err)
		}
		for _, id := range p.ids {
			if m.Made.Get(p.find(t, id)) == nil {
				t.Error("not everybody's was made")
			}
		}
	})
}

// TestRoomThatFails: a room that cannot be read keeps nobody behind it from a ticket.
func TestRoomThatFails(t *testing.T) {
	p := newProvince(t, dbtest.SQLite(t), 35)
	var rooms []seating.Room
	if err := p.db.Write(t.Context(), func(tx *db.Tx) (err error) {
		if rooms, err = seating.Rooms(t.Context(), tx, p.version.ID, ""); err != nil {
			return err
		}
		_, err = tx.Exec(t.Context(), `UPDATE seating_room SET site = 'nowhere' WHERE area = $1 AND number = $2`, rooms[0].Area, rooms[0].Number)
		return err
	}); err != nil {
		t.Fatal(err)
	}
	m := p.maker(t, t.TempDir(), 64<<20)
	var log bytes.Buffer
	m.Log = slog.New(slog.NewTextHandler(&log, nil))
	if err := m.Step(t.Context()); err != nil {
		t.Fatal(err)
	}
	if len(rooms) < 2 || m.Made.Used() == 0 || !strings.Contains(log.String(), "are not made") {
		t.Errorf("%d rooms, %d bytes are made: %s", len(rooms), m.Made.Used(), log.String())
	}
}
