package store_test

import (
	"bytes"
	"crypto"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"zhunkao/appliance/hubtest"
	"zhunkao/appliance/store"
	"zhunkao/hw/keystore"
	"zhunkao/protocol"
	"zhunkao/protocol/form"
	"zhunkao/protocol/identity"
)

// The work of a desk, for the kill loop: each kind of write beside a confirmation
// with a chip, one after the other, as the box makes them.

const (
	deskAt   = protocol.Time(1567731600000)
	deskDay  = "2019-09-06"
	herApp   = "web-1"
	herNum   = "110105194912310021"
	deskWho  = "s-chen"
	noRecord = "-"
)

var deskZone = time.FixedZone("UTC+8", 8*60*60)

// deskwork is a box and what its desk has done.
type deskwork struct {
	s      *store.Store
	id     store.Identity
	device crypto.Signer
	made   map[string]protocol.ID // records, by the step that sealed them
}

// A deskStep is one write. holds says what must stand once do has returned, or
// once the record that do sealed is on the disk; unless the write that undo names
// was begun.
type deskStep struct {
	name  string
	do    func(*deskwork) (protocol.ID, error)
	holds func(*deskwork, protocol.ID) error
	undo  string
}

var deskSteps = []deskStep{
	{"token", (*deskwork).token, func(w *deskwork, _ protocol.ID) error {
		all, err := w.s.Queue(queueDay)
		return orNot(err, len(all) == 1)
	}, ""},
	{"papers", (*deskwork).papers, func(w *deskwork, rec protocol.ID) error {
		all, err := w.s.Queue(queueDay)
		return orNot(err, len(all) == 1 && all[0].Record == rec)
	}, ""},
	{"provisional", func(w *deskwork) (none protocol.ID, _ error) {
		return none, w.s.MarkProvisional(herApp, w.made["papers"])
	}, func(w *deskwork, _ protocol.ID) error {
		f, err := w.s.Find(herNum)
		return orNot(err, f.Confirmed != nil && f.Confirmed.Provisional != nil && *f.Confirmed.Provisional == w.made["papers"])
	}, "verified"},
	{"verified", (*deskwork).verified, func(w *deskwork, _ protocol.ID) error {
		f, err := w.s.Find(herNum)
		return orNot(err, f.Confirmed != nil && f.Confirmed.Provisional == nil)
	}, "void"},
	{"review", (*deskwork).review, func(w *deskwork, rec protocol.ID) error {
		p, err := w.s.Person(herApp)
		return orNot(err, p.Review != nil && p.Review.ID == rec)
	}, ""},
	{"void", (*deskwork).void, func(w *deskwork, _ protocol.ID) error {
		f, err := w.s.Find(herNum)
		return orNot(err, f.Application != nil && f.Confirmed == nil)
	}, ""},
	{"incident", (*deskwork).incident, func(w *deskwork, rec protocol.ID) error {
		all, err := w.s.Reports(deskDay, deskZone)
		return orNot(err, len(all) == 1 && all[0].ID == rec)
	}, ""},
	{"training", (*deskwork).training, func(*deskwork, protocol.ID) error { return nil }, ""},
	{"card", (*deskwork).ownCard, func(*deskwork, protocol.ID) error { return nil }, ""},
	{"card-kept", func(w *deskwork) (none protocol.ID, _ error) {
		return none, w.s.SaveOwnCard(deskWho, deskCard())
	}, func(w *deskwork, _ protocol.ID) error {
		staff, err := w.s.Staff()
		return orNot(err, len(staff.Members) == 1 && staff.Members[0].Card != nil && staff.Members[0].Card.At == deskAt)
	}, ""},
	{"frozen", func(w *deskwork) (none protocol.ID, _ error) {
		return none, w.s.SaveBlocked(store.Blocked{Reason: "tamper", Since: deskAt})
	}, func(w *deskwork, _ protocol.ID) error {
		b, err := w.s.Blocked()
		return orNot(err, b == store.Blocked{Reason: "tamper", Since: deskAt})
	}, "thawed"},
	{"fault", func(w *deskwork) (none protocol.ID, _ error) {
		return none, w.s.NoteFault(store.Fault{At: deskAt, What: store.FaultSync})
	}, func(w *deskwork, _ protocol.ID) error {
		all, err := w.s.Faults()
		return orNot(err, len(all) == 1)
	}, ""},
	{"looked", func(w *deskwork) (none protocol.ID, _ error) {
		return none, w.s.SaveLooked(store.Looked{Contact: "case", Count: 1, At: deskAt, Clerk: deskWho, Head: "s-li"})
	}, func(w *deskwork, _ protocol.ID) error {
		l, err := w.s.Looked("case")
		return orNot(err, l.Count == 1 && l.Head == "s-li")
	}, ""},
	{"thawed", func(w *deskwork) (none protocol.ID, _ error) {
		return none, w.s.SaveBlocked(store.Blocked{})
	}, func(w *deskwork, _ protocol.ID) error {
		b, err := w.s.Blocked()
		return orNot(err, b == store.Blocked{})
	}, ""},
	{"tickets", func(w *deskwork) (none protocol.ID, _ error) { return none, w.takeTickets(1, 1, 1) },
		func(w *deskwork, _ protocol.ID) error { return w.ticket(1, false) }, "tickets-first"},
	{"picture", func(w *deskwork) (none protocol.ID, _ error) {
		_, err := w.s.SavePictures([]protocol.Picture{{Picture: protocol.HashOf([]byte(herApp)), JPEG: bytes.Repeat([]byte{9}, 5000)}})
		return none, err
	}, func(w *deskwork, _ protocol.ID) error {
		_, err := w.s.Picture(protocol.HashOf([]byte(herApp)))
		lacking, failed := w.s.Lacking(8, protocol.Hash{})
		return orNot(errors.Join(err, failed), !slices.ContainsFunc(lacking, func(l protocol.LackingPicture) bool { return l.Application == herApp }))
	}, ""},
	{"ticket-copy", func(w *deskwork) (none protocol.ID, _ error) {
		f, err := w.s.Ticket(herApp)
		if err != nil {
			return none, err
		}
		_, err = w.s.BeginCopy(store.Copy{Record: f.Log, Number: f.Copies + 1, At: deskAt})
		return none, err
	}, func(w *deskwork, _ protocol.ID) error {
		f, err := w.s.Ticket(herApp)
		return orNot(err, f.Copies == 1)
	}, "tickets-last"},
	{"tickets-first", func(w *deskwork) (none protocol.ID, _ error) { return none, w.takeTickets(2, 1, 2) },
		func(w *deskwork, _ protocol.ID) error { return w.ticket(1, true) }, "tickets-last"},
	{"tickets-last", func(w *deskwork) (none protocol.ID, _ error) { return none, w.takeTickets(2, 2, 2) },
		func(w *deskwork, _ protocol.ID) error { return w.ticket(2, false) }, ""},
	{"tickets-swept", func(w *deskwork) (none protocol.ID, _ error) { return none, w.s.SweepTickets() },
		func(w *deskwork, _ protocol.ID) error {
			_, err := w.s.Picture(protocol.HashOf([]byte(herApp)))
			return errors.Join(err, w.ticket(2, false))
		}, ""},
}

// takeTickets takes one page of an edition's list: hers is on the first.
func (w *deskwork) takeTickets(edition, page, pages uint32) error {
	applications := []string{herApp}
	if page > 1 {
		applications = []string{fmt.Sprint("web-on-page-", page)}
	}
	_, err := w.s.ApplyTickets(protocol.AdmissionTickets{Campaign: hubtest.Campaign, Edition: edition, Issued: deskAt + protocol.Time(edition),
		Mark: uint64(40 + edition), Page: page, Pages: pages}, somePage(applications...), deskAt)
	return err
}

// ticket holds how her ticket stands.
func (w *deskwork) ticket(edition uint32, void bool) error {
	f, err := w.s.Ticket(herApp)
	lists, failed := w.s.Tickets()
	return orNot(errors.Join(err, failed), f.List.Edition == edition && f.Ticket.Application == herApp && lists.Void() == void)
}

func orNot(err error, is bool) error {
	if err == nil && !is {
		err = errors.New("it does not stand so")
	}
	return err
}

func (w *deskwork) token() (none protocol.ID, err error) {
	_, err = w.s.DrawToken(queueDay, 2, deskAt, func(n uint16) ([]byte, error) { return []byte{byte(n)}, nil })
	return none, err
}

// pictures puts one picture for each role, as a camera takes them.
func (w *deskwork) pictures(roles ...string) (refs []protocol.BlobRef, first protocol.Hash, err error) {
	for i, role := range roles {
		plain := append([]byte{0xff, 0xd8, 0xff}, bytes.Repeat([]byte{byte(i)}, 6000)...)
		blob, err := protocol.SealBlob(protocol.SuiteAES, role, "image/jpeg", plain)
		if err != nil {
			return nil, first, err
		}
		if _, err := w.s.PutBlob(blob.Ciphertext); err != nil {
			return nil, first, err
		}
		if i == 0 {
			first = protocol.HashOf(plain)
		}
		refs = append(refs, blob.Ref)
	}
	return refs, first, nil
}

func deskAssent(who, role string) protocol.Assent {
	return protocol.Assent{Account: who, Role: role, How: protocol.HowCode, At: deskAt}
}

func deskTime() protocol.TimeEvidence {
	return protocol.TimeEvidence{Earliest: deskAt, Latest: deskAt + 1, Source: protocol.SourceHub, Boot: 1, Verdict: protocol.VerdictOpen}
}

// papers confirms on papers, with two pictures of them, somebody who was called
// by her number.
func (w *deskwork) papers() (none protocol.ID, err error) {
	refs, _, err := w.pictures(protocol.RoleCopy(1), protocol.RoleCopy(2))
	if err != nil {
		return none, err
	}
	clerk := deskAssent(deskWho, protocol.AssentClerk)
	body := protocol.Confirmation{Application: form.Application{ID: herApp, Campaign: hubtest.Campaign, CampaignVersion: 1, Version: 1, Point: hubtest.Point},
		StartedFrom: 1, Point: hubtest.Point, Pledge: protocol.HashOf([]byte("pledge")), Chip: form.Chip{Type: form.ChipPapers},
		Papers: &protocol.Papers{Why: protocol.WhyNoChip, Document: "08", Copies: 2}, Clerk: &clerk,
		Timeline: []protocol.Event{{Step: protocol.StepPapers, At: deskAt}}, Checks: []protocol.Check{}, Blobs: refs}
	hub, err := w.id.Opening()
	if err != nil {
		return none, err
	}
	seq, previous, err := w.s.Head()
	if err != nil {
		return none, err
	}
	rec, err := protocol.SealRecord(protocol.Manifest{ID: protocol.NewID(), Kind: protocol.RecordConfirmation, Box: w.id.Box(), Epoch: w.id.Grant.Epoch, Suite: protocol.SuiteAES,
		Sequence: seq + 1, Previous: previous, Campaign: hubtest.Campaign, CampaignVersion: 1, Time: deskTime()}, body, refs, hub, w.device)
	if err != nil {
		return none, err
	}
	return rec.Manifest.ID, w.s.CommitQueued(rec, herApp, deskAt, store.QueueKey{Day: queueDay, Box: w.id.Box(), Number: 1})
}

// act seals an act of the desk.
func (w *deskwork) act(kind protocol.RecordKind, application string, body any, refs []protocol.BlobRef) (protocol.ID, error) {
	rec, err := w.s.SealAct(store.Act{Kind: kind, Body: body, Application: application, Blobs: refs, Time: deskTime(), At: deskAt,
		Campaign: hubtest.Campaign, Version: 1, Suite: protocol.SuiteAES, Device: w.device})
	return rec.Manifest.ID, err
}

func (w *deskwork) verified() (none protocol.ID, err error) {
	refs, _, err := w.pictures(protocol.RoleChipText)
	if err != nil {
		return none, err
	}
	return w.act(protocol.RecordVerification, herApp, protocol.Verification{Record: w.made["papers"], Application: herApp, Point: hubtest.Point,
		Chip: form.Chip{Type: form.ChipResident}, Timeline: []protocol.Event{}, Checks: []protocol.Check{}, Blobs: refs}, refs)
}

// review is one with the pledge copied by hand, and a claim with its evidence.
func (w *deskwork) review() (none protocol.ID, err error) {
	refs, pledge, err := w.pictures(protocol.RolePledge, protocol.RoleCopy(1))
	if err != nil {
		return none, err
	}
	return w.act(protocol.RecordReview, herApp, protocol.Review{Application: herApp, Version: 1, Point: hubtest.Point, Record: w.made["papers"], Pledge: pledge,
		Items:  []protocol.ReviewItem{{Key: "pledge", Result: protocol.Pass}},
		Claims: []protocol.ReviewClaim{{Kind: protocol.ClaimBonus, Code: "B05", Shown: protocol.Pass, Copies: []uint16{1}}},
		Clerk:  deskAssent(deskWho, protocol.AssentClerk), Blobs: refs}, refs)
}

func (w *deskwork) void() (protocol.ID, error) {
	return w.act(protocol.RecordVoid, herApp, protocol.Void{Record: w.made["papers"], Application: herApp, Point: hubtest.Point, Reason: "04",
		Assents: []protocol.Assent{deskAssent(deskWho, protocol.AssentClerk), deskAssent("s-li", protocol.AssentHead)}, Blobs: []protocol.BlobRef{}}, nil)
}

func (w *deskwork) incident() (protocol.ID, error) {
	return w.act(protocol.RecordIncident, "", protocol.Incident{Point: hubtest.Point, Kind: "power", Since: deskAt, Words: "停电",
		Clerk: deskAssent(deskWho, protocol.AssentClerk), Blobs: []protocol.BlobRef{}}, nil)
}

func (w *deskwork) training() (protocol.ID, error) {
	return w.act(protocol.RecordTraining, "", protocol.Training{Point: hubtest.Point, Account: deskWho,
		Exercises: []protocol.Exercise{{Key: "confirm", At: deskAt}}, Blobs: []protocol.BlobRef{}}, nil)
}

func deskCard() protocol.StaffCard {
	return protocol.StaffCard{At: deskAt, Salt: make([]byte, 16), Mark: make([]byte, 32), PIN: "$argon2id$v=19$m=64,t=1,p=1$c2FsdHNhbHRzYWx0c2FsdA$AAAA"}
}

func (w *deskwork) ownCard() (protocol.ID, error) {
	return w.act(protocol.RecordOwnCard, "", protocol.OwnCard{Point: hubtest.Point, Clerk: deskAssent(deskWho, protocol.AssentClerk),
		Card: deskCard(), Blobs: []protocol.BlobRef{}}, nil)
}

// workAll does every step, and tells of each that it begins and that it is done.
func workAll(t testing.TB, s *store.Store, keys *keystore.Store, tell func(string)) error {
	id, device := hubtest.Own(t, s, keys)
	w := &deskwork{s: s, id: id, device: device, made: map[string]protocol.ID{}}
	for _, step := range deskSteps {
		tell("begin " + step.name)
		rec, err := step.do(w)
		if err != nil {
			return fmt.Errorf("%s: %w", step.name, err)
		}
		w.made[step.name] = rec
		said := noRecord
		if rec != (protocol.ID{}) {
			said = rec.String()
		}
		tell("did " + step.name + " " + said)
	}
	tell("done")
	return s.Close()
}

// deskTemplate is a store with somebody in its roster, and a clerk.
func deskTemplate(t *testing.T) string {
	t.Helper()
	b := newBox(t)
	if err := b.SaveCampaign(store.Campaign{ID: hubtest.Campaign, Version: 1, Bundle: []byte{1}}, protocol.RosterKey{Key: bytes.Repeat([]byte{7}, 32)}); err != nil {
		t.Fatal(err)
	}
	app := draftOf(herNum).Application
	app.ID = herApp
	b.roster(protocol.RosterEntry{Application: &app})
	if _, err := b.SaveStaff(protocol.Staff{Point: hubtest.Point, Issued: 1, Until: deskAt}, protocol.StaffPage{Members: []protocol.StaffMember{
		{ID: deskWho, Name: "chen", Display: "陈", Role: protocol.StaffClerk, Verifier: deskCard().PIN, Secret: make([]byte, 20)}}}); err != nil {
		t.Fatal(err)
	}
	b.close()
	return b.dir
}

// stood holds a store that was killed against what its desk was told: every
// record with every picture of it, and every other write; and what one
// transaction writes beside a record stands exactly when the record does.
func stood(t *testing.T, dir string, told []string) {
	t.Helper()
	w, err := store.Check(dir)
	if err != nil {
		t.Fatal(err)
	}
	keys, err := keystore.OpenFile(filepath.Join(dir, "keys"))
	if err != nil {
		t.Fatal(err)
	}
	s, err := store.Open(dir, keys, store.Options{Log: quiet(), Reserve: 1 << 16, MinFree: 1})
	if err != nil {
		t.Fatal(err)
	}
	defer func() {
		if err := s.Close(); err != nil {
			t.Error(err)
		}
	}()
	work := &deskwork{s: s, made: map[string]protocol.ID{}}
	began, did := map[string]bool{}, map[string]bool{}
	for _, line := range told {
		f := strings.Fields(line)
		if f[0] == "begin" {
			began[f[1]] = true
			continue
		}
		did[f[1]] = true
		if f[2] == noRecord {
			continue
		}
		i := slices.IndexFunc(w.Records, func(r store.Survivor) bool { return r.ID.String() == f[2] })
		if i < 0 {
			t.Fatalf("the record of %s was acknowledged and is gone", f[1])
		}
		work.made[f[1]] = w.Records[i].ID
	}
	if n := len(w.Records); n > len(work.made) {
		// The last one is of the step that was under way when the power was cut.
		for _, step := range deskSteps {
			if began[step.name] && !did[step.name] {
				did[step.name], work.made[step.name] = true, w.Records[n-1].ID
			}
		}
	}
	for _, step := range deskSteps {
		if did[step.name] && !began[step.undo] {
			if err := step.holds(work, work.made[step.name]); err != nil {
				t.Fatalf("%s was acknowledged, or its record is there: %v", step.name, err)
			}
		}
	}
	if f, err := s.Find(identity.Number(herNum)); err != nil || !did["papers"] && f.Confirmed != nil {
		t.Fatalf("she counts as confirmed without a record (%v)", err)
	}
}

// TestDeskKilledAtEveryWrite: the work of a desk (papers with their pictures, the
// card read later, a review with evidence and a claim, a void, an incident, a
// training, an own card, freezing and thawing) is killed at its n-th sync, rename
// and write in turn. What was acknowledged stands, and the box goes on.
func TestDeskKilledAtEveryWrite(t *testing.T) {
	t.Parallel()
	strace := need(t, "strace")
	from := deskTemplate(t)
	for call, gap := range map[string]int{"fdatasync": 7, "renameat": 2, "pwrite64": 23} {
		t.Run(call, func(t *testing.T) {
			t.Parallel()
			if long() {
				gap = 1
			}
			for n := 1; ; n += gap {
				dir := filepath.Join(t.TempDir(), "data")
				copyTree(t, from, dir)
				told, _, done := helper(t, dir, 1, []string{helperDesk + "=1"}, strace, "-f", "-qq", "-o", "/dev/null",
					"-e", "trace="+call, "-e", fmt.Sprintf("inject=%s:signal=SIGKILL:when=%d", call, n))
				stood(t, dir, told)
				if !done {
					continue
				}
				if n == 1 {
					t.Fatalf("%s was never called: nothing was tried", call)
				}
				rebuilt(t, dir)
				t.Logf("%s: survived the %d-th", call, n)
				return
			}
		})
	}
}

// rebuilt: all of the work's records come back from their copies.
func rebuilt(t *testing.T, dir string) {
	t.Helper()
	before, err := store.Check(dir)
	if err != nil {
		t.Fatal(err)
	}
	var ids []string
	for _, r := range before.Records {
		ids = append(ids, r.ID.String())
	}
	if err := os.Remove(filepath.Join(dir, store.Boltfile)); err != nil {
		t.Fatal(err)
	}
	goOn(t, dir, "the database is lost")
	if lost := whole(t, dir, ids); len(ids) == 0 || len(lost) > 0 {
		t.Errorf("%d of %d records are lost with the database", len(lost), len(ids))
	}
}
