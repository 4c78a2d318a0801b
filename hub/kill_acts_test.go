package hub_test

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"image"
	"image/jpeg"
	"io"
	"math/rand/v2"
	"net"
	"net/http"
	"strings"
	"time"

	"zhunkao/hub/confirmation"
	"zhunkao/hub/datadir"
	"zhunkao/hub/db"
	"zhunkao/hub/fleet"
	"zhunkao/hub/flow"
	"zhunkao/hub/journal"
	"zhunkao/hub/keys"
	"zhunkao/hub/staff"
	"zhunkao/hub/staff/stafftest"
	"zhunkao/protocol"
	"zhunkao/protocol/campaign/synthetic"
	"zhunkao/protocol/form"
)

// hire makes an account of the point while no hub runs, and gives its id.
func (s *site) hire(name string, role staff.Role) string {
	s.t.Helper()
	ctx, dir := s.t.Context(), datadir.Dir(s.dir)
	ring, err := keys.Open(dir.Keys(), keys.Options{})
	s.must(err)
	d, err := db.Open(ctx, dir.Database())
	s.must(err)
	defer func() { s.must(d.Close()) }()
	var office string
	s.must(d.Read(ctx, func(tx *db.Tx) error {
		return tx.QueryRow(ctx, `SELECT id FROM office WHERE division = $1 ORDER BY id LIMIT 1`, county).Scan(&office)
	}))
	a, err := staff.New(staff.Options{DB: d, Keys: ring, Hasher: stafftest.Hasher()}).Create(ctx, staff.NewAccount{Name: name, Display: "某" + name, Role: role,
		Office: office, Point: point, Password: "correct horse battery 9", Secret: stafftest.Secret}, flow.Operator().Author)
	s.must(err)
	return a.ID
}

// kinds is after how many records of work every kind has been sealed.
const kinds = 11

// work is what the point seals, one after the other: every kind of act early, and
// then people who are confirmed.
func (b *box) work(clerk, head string) []func() record {
	person := func(n int) synthetic.Person { return b.s.people[n] }
	said := func(who, role string) protocol.Assent {
		return protocol.Assent{Account: who, Role: role, How: protocol.HowCode, At: b.at}
	}
	made := map[int]record{} // confirmations, by person
	confirm := func(n int) func() record {
		return func() record { made[n] = b.make(person(n)); return made[n] }
	}
	papers := func(n int) func() record {
		return func() record { made[n] = b.onPapers(person(n), said(clerk, protocol.AssentClerk)); return made[n] }
	}
	void := func(n int) func() record {
		return func() record {
			return b.seal(protocol.RecordVoid, nil, func(refs []protocol.BlobRef) any {
				return protocol.Void{Record: made[n].Manifest.ID, Application: person(n).Application.ID, Point: point, Reason: "04", Copies: 1, TakenBack: 1,
					Assents: []protocol.Assent{said(clerk, protocol.AssentClerk), said(head, protocol.AssentHead)}, Blobs: refs}
			})
		}
	}
	all := []func() record{
		confirm(0),
		func() record { return b.reviewed(person(0), said(clerk, protocol.AssentClerk)) },
		papers(1),
		func() record { return b.verified(person(1), made[1]) },
		papers(2),
		void(2),
		func() record {
			return b.seal(protocol.RecordIncident, nil, func(refs []protocol.BlobRef) any {
				return protocol.Incident{Point: point, Kind: "power", Since: b.at, Words: "停电", Done: "靠电瓶在办", Clerk: said(clerk, protocol.AssentClerk), Blobs: refs}
			})
		},
		func() record {
			return b.seal(protocol.RecordTraining, nil, func(refs []protocol.BlobRef) any {
				return protocol.Training{Point: point, Account: clerk, Exercises: []protocol.Exercise{{Key: "confirm", At: b.at}}, Blobs: refs}
			})
		},
		func() record {
			return b.seal(protocol.RecordOwnCard, nil, func(refs []protocol.BlobRef) any {
				return protocol.OwnCard{Point: point, Clerk: said(clerk, protocol.AssentClerk), Blobs: refs,
					Card: protocol.StaffCard{At: b.at, Salt: make([]byte, 16), Mark: make([]byte, 32), PIN: "$argon2id$v=19$m=64,t=1,p=1$c2FsdHNhbHRzYWx0c2FsdA$AAAA"}}
			})
		},
		confirm(3),
		void(3),
	}
	for n := 4; n < len(b.s.people); n++ {
		all = append(all, confirm(n))
	}
	return all
}

// picture is a photograph of a paper.
func (b *box) picture() []byte {
	var out bytes.Buffer
	b.s.must(jpeg.Encode(&out, image.NewGray(image.Rect(0, 0, 60, 40)), nil))
	return out.Bytes()
}

func (b *box) onPapers(p synthetic.Person, clerk protocol.Assent) record {
	hand, err := protocol.Encode(protocol.Signature{Width: 9, Height: 9, Strokes: [][]uint16{{1, 1, 2, 2, 3, 3, 4, 4, 5, 5, 6, 6, 7, 7, 8, 8}}})
	b.s.must(err)
	typed := p.Chip
	typed.Type = form.ChipPapers
	plain := map[string][]byte{protocol.RoleSignature: hand, protocol.RoleCopy(1): b.picture(), protocol.RoleCopy(2): b.picture()}
	return b.seal(protocol.RecordConfirmation, plain, func(refs []protocol.BlobRef) any {
		return protocol.Confirmation{Application: p.Application, StartedFrom: p.Application.Version, Point: point, Chip: typed, Pledge: protocol.HashOf(nil),
			Papers: &protocol.Papers{Why: protocol.WhyNoChip, Document: "08", Copies: 2}, Clerk: &clerk,
			Timeline: []protocol.Event{{Step: protocol.StepPapers, At: b.at}}, Blobs: refs}
	})
}

func (b *box) verified(p synthetic.Person, of record) record {
	return b.seal(protocol.RecordVerification, map[string][]byte{protocol.RoleChipText: make([]byte, 256)}, func(refs []protocol.BlobRef) any {
		return protocol.Verification{Record: of.Manifest.ID, Application: p.Application.ID, Point: point, Chip: p.Chip,
			Timeline: []protocol.Event{{Step: protocol.StepCardRead, At: b.at}}, Checks: []protocol.Check{}, Blobs: refs}
	})
}

// reviewed is a review with the pledge copied by hand, and a claim with its evidence.
func (b *box) reviewed(p synthetic.Person, clerk protocol.Assent) record {
	pledge := b.picture()
	return b.seal(protocol.RecordReview, map[string][]byte{protocol.RolePledge: pledge, protocol.RoleCopy(1): b.picture()}, func(refs []protocol.BlobRef) any {
		return protocol.Review{Application: p.Application.ID, Version: p.Application.Version, Point: point, Pledge: protocol.HashOf(pledge),
			Items:  []protocol.ReviewItem{{Key: "diploma", Result: protocol.Pass}, {Key: "pledge", Result: protocol.Pass}},
			Claims: []protocol.ReviewClaim{{Kind: protocol.ClaimBonus, Code: "B05", Shown: protocol.Pass, Copies: []uint16{1}}},
			Clerk:  clerk, Blobs: refs}
	})
}

// counted holds what the records did against what they were: each once.
func (s *site) counted(ctx context.Context, tx *db.Tx, sealed int) (err error) {
	want := func(what string, n int, query string, args ...any) {
		var got int
		if e := tx.QueryRow(ctx, query, args...).Scan(&got); e != nil {
			err = errors.Join(err, e)
		} else if got != n {
			err = errors.Join(err, fmt.Errorf("%s: %d, want %d", what, got, n))
		}
	}
	const acts = 7 // of the kinds that are no confirmation
	want("confirmations", sealed-acts, `SELECT count(*) FROM confirmation`)
	want("taken back", 2, `SELECT count(*) FROM confirmation WHERE state = $1`, string(confirmation.Voided))
	want("proved by her card", 1, `SELECT count(*) FROM confirmation WHERE proof = $1`, string(confirmation.Verified))
	want("set aside", 0, `SELECT count(*) FROM quarantine`)
	for table, n := range map[string]int{"void": 2, "verification": 1, "review": 1, "review_claim": 1, "incident": 1, "training": 1, "own_card": 1} {
		want(table, n, `SELECT count(*) FROM `+table)
	}
	for act, n := range map[journal.Act]int{journal.ConfirmationVoided: 2, journal.CardVerified: 1, journal.ApplicationReviewed: 1, journal.IncidentReported: 1,
		journal.StaffTrained: 1, journal.StaffCardBound: 1, journal.BoxRevoked: 1} {
		want(string(act), n, `SELECT count(*) FROM journal_entry WHERE act = $1`, string(act))
	}
	return err
}

// retiredAtLast hands the box's last word to the hub again and again, and kills it
// meanwhile: it is retired, once.
func (s *site) retiredAtLast(p process, b *box) process {
	s.t.Helper()
	raw, err := protocol.SignMessage(protocol.KindRetirement, protocol.Retirement{Address: b.grant.Address, At: b.at, Head: b.seq, HeadHash: b.prev}, b.key)
	s.must(err)
	for kill := range 3 {
		said := make(chan error, 1)
		go func() { said <- s.retire(raw) }()
		time.Sleep(time.Duration(rand.IntN(4*(kill+1))) * time.Millisecond) // any moment will do
		s.must(p.cmd.Process.Kill())
		_ = p.cmd.Wait() // it was killed: that is no news
		<-said
		p = s.spawn(p.at.MQTT)
	}
	for range 2 { // said again it changes nothing: counted holds that it was done once
		s.must(s.retire(raw))
	}
	if is := s.boxState(b); is.State != fleet.Revoked || is.StateReason != fleet.Retired {
		s.t.Errorf("retired, it is %s (%q)", is.State, is.StateReason)
	}
	return p
}

func (s *site) boxState(b *box) fleet.Box {
	s.t.Helper()
	var all []fleet.Box
	if code := s.ask("GET", "/boxes", "", &all); code != http.StatusOK {
		s.t.Fatalf("boxes: status %d", code)
	}
	for _, x := range all {
		if x.ID == string(b.grant.Box) {
			return x
		}
	}
	s.t.Fatal("the box is gone")
	return fleet.Box{}
}

// retire hands a last word in, at a hub that may be killed meanwhile.
func (s *site) retire(raw []byte) error {
	client := &http.Client{Timeout: patient, Transport: &http.Transport{DisableKeepAlives: true, DialContext: func(ctx context.Context, _, _ string) (net.Conn, error) {
		var d net.Dialer
		return d.DialContext(ctx, "unix", datadir.Dir(s.dir).Socket())
	}}}
	res, err := client.Post("http://hub/retire", "application/octet-stream", bytes.NewReader(raw))
	if err != nil {
		return err
	}
	defer res.Body.Close()
	body, err := io.ReadAll(res.Body)
	if err == nil && res.StatusCode != http.StatusOK {
		err = errors.New(strings.TrimSpace(string(body)))
	}
	return err
}
