package protocol_test

import (
	"bytes"
	"crypto"
	"crypto/ecdh"
	"crypto/ecdsa"
	"crypto/ed25519"
	"crypto/elliptic"
	"crypto/sha256"
	"flag"
	"os"
	"path/filepath"
	"testing"
	"time"

	"zhunkao/protocol"
	"zhunkao/protocol/form"
	"zhunkao/protocol/identity"
)

// The golden samples are kept for ever: -update adds what is missing and never
// touches what is there. A sample that no longer decodes is a broken promise
// to boxes in the field, not a sample to make again.
var update = flag.Bool("update", false, "write golden samples that do not exist yet")

const goldenDir = "testdata/golden/v1"

// parties are the keys of all samples; README tells how they are made.
type parties struct {
	device    *ecdsa.PrivateKey  // signs what the box says
	boxOpen   *ecdh.PrivateKey   // opens what is sealed to the box
	hub       ed25519.PrivateKey // signs what the hub says
	hubOpen   *ecdh.PrivateKey   // opens what is sealed to the hub
	rosterKey protocol.RosterKey
}

func goldenKey(name string) []byte {
	sum := sha256.Sum256([]byte("zhunkao golden " + name))
	return sum[:]
}

func goldenParties(t testing.TB) parties {
	t.Helper()
	device, err := ecdsa.ParseRawPrivateKey(elliptic.P256(), goldenKey("device"))
	if err != nil {
		t.Fatal(err)
	}
	opening := func(name string) *ecdh.PrivateKey {
		k, err := ecdh.X25519().NewPrivateKey(goldenKey(name))
		if err != nil {
			t.Fatal(err)
		}
		return k
	}
	return parties{
		device: device, boxOpen: opening("box opening"),
		hub: ed25519.NewKeyFromSeed(goldenKey("hub signing")), hubOpen: opening("hub opening"),
		rosterKey: protocol.RosterKey{Key: goldenKey("roster")},
	}
}

// keys finds the public signing keys of both.
func (p parties) keys(id protocol.KeyID) crypto.PublicKey {
	for _, pub := range []crypto.PublicKey{p.device.Public(), p.hub.Public()} {
		if got, err := protocol.SigningKeyID(pub); err == nil && got == id {
			return pub
		}
	}
	return nil
}

var (
	goldenBox  = protocol.Address{Box: "bgoldenbox2", Epoch: 1}
	goldenTime = protocol.TimeOf(time.Date(2019, 9, 6, 1, 0, 0, 0, time.UTC)) // 09:00 at UTC+8
	nonce      = []byte("0123456789abcdef")
	goldenID   = protocol.ID{0x5a, 0x68, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14}
)

func goldenApplication() form.Application {
	return form.Application{
		ID: "a-golden-1", Campaign: "adult-2019", CampaignVersion: 3, Version: 2, Point: "43010201",
		SequenceNumber: "000001",
		Fields: form.Fields{
			form.FullName: "样本·甲", form.Sex: "2", form.Ethnic: "08", form.BirthDate: "19900101",
			form.DocumentType: "1", form.DocumentNumber: "430102199001010029", form.PostAddress: "长沙市芙蓉区样本路1号",
		},
		Choices: []form.Choice{{Order: 1, Level: "5", Category: "50", School: "1001", SchoolName: "样本大学",
			Major: "001", MajorName: "样本学", Form: "1", Years: "2.5"}},
		Claims: []form.Claim{{Kind: "bonus", Code: "25"}},
	}
}

func goldenChip() form.Chip {
	return form.Chip{
		Type: form.ChipResident, Name: "样本·甲", Sex: "2", Ethnic: "08", Birth: "19900101",
		Address: "湖南省长沙市芙蓉区样本路1号", Number: identity.Number("430102199001010029"),
		Issuer: "长沙市公安局芙蓉分局", ValidFrom: "20150101", ValidTo: "20350101",
	}
}

func goldenSignature() protocol.Signature {
	return protocol.Signature{Width: 1000, Height: 400, Strokes: [][]uint16{
		{100, 200, 110, 190, 130, 170, 160, 140}, {300, 100, 300, 160, 302, 220, 305, 300, 310, 380},
	}}
}

// goldenBlobs are the plain bytes of the blobs, by role.
func goldenBlobs(t testing.TB) map[string][]byte {
	t.Helper()
	sig, err := protocol.Encode(goldenSignature())
	if err != nil {
		t.Fatal(err)
	}
	return map[string][]byte{
		protocol.RoleChipText:  bytes.Repeat([]byte{0x20, 0x00}, 128),
		protocol.RoleChipWLT:   bytes.Repeat([]byte("WLf"), 342)[:1024],
		protocol.RoleSignature: sig,
		protocol.RolePhoto:     append([]byte{0xff, 0xd8, 0xff, 0xe0}, bytes.Repeat([]byte{0x5a}, 5000)...),
	}
}

var goldenRoles = []struct{ role, media string }{
	{protocol.RoleChipText, "application/octet-stream"},
	{protocol.RoleChipWLT, "application/octet-stream"},
	{protocol.RoleSignature, "application/cbor"},
	{protocol.RolePhoto, "image/jpeg"},
}

func goldenConfirmation(refs []protocol.BlobRef) protocol.Confirmation {
	step := func(name string, after protocol.Time) protocol.Event {
		return protocol.Event{Step: name, At: goldenTime + after}
	}
	return protocol.Confirmation{
		Application: goldenApplication(), StartedFrom: 2, Point: "43010201", Chip: goldenChip(),
		Differences: []form.Difference{{Field: form.PostAddress, Grade: form.GradeNote, Typed: "长沙市芙蓉区样本路1号",
			Chip: "湖南省长沙市芙蓉区样本路1号", ChipMarks: []form.Range{{From: 0, To: 3}}}},
		Pledge: protocol.HashOf([]byte("本人承诺所填信息真实。")),
		Timeline: []protocol.Event{step(protocol.StepCardRead, 0), step(protocol.StepFound, 40),
			step(protocol.StepRead, 31_000), step(protocol.StepSigned, 52_000), step(protocol.StepSealed, 52_100)},
		Checks: []protocol.Check{{Name: protocol.CheckNumber, Result: protocol.Pass},
			{Name: protocol.CheckHours, Result: protocol.Warn, Note: "before opening"}},
		OutOfHours: true,
		Blobs:      refs,
	}
}

// goldenPhotoConfirmation has all that was added to a confirmation later.
func goldenPhotoConfirmation() protocol.Confirmation {
	c := goldenConfirmation([]protocol.BlobRef{})
	c.Application.Version = 3
	c.Differences = append(c.Differences, form.Difference{Field: form.Ethnic, Grade: form.GradeAsk, Typed: "15", Chip: "08"})
	c.Settled = []protocol.Settlement{{Field: form.Ethnic, Decision: protocol.SettledChip}, {Field: form.FullName, Decision: protocol.SettledClerk}}
	c.Portrait = &protocol.Portrait{Source: protocol.PortraitCamera, Profile: "ga461", Width: 358, Height: 441, Tries: 2,
		Notice: protocol.HashOf([]byte("照片用来认人。")), Findings: []string{"show-eyes"}}
	return c
}

// goldenVoid takes the golden record back.
func goldenVoid() protocol.Void {
	return protocol.Void{
		Record: goldenID, Application: goldenApplication().ID, Point: "43010201", Sealed: goldenTime, Reason: "04", Note: "当场发现",
		Assents: []protocol.Assent{{Account: "4f6b2d9a1c", Role: protocol.AssentClerk, How: protocol.HowCode, At: goldenTime + 60_000},
			{Account: "9c1e77b0aa", Role: protocol.AssentHead, How: protocol.HowCard, At: goldenTime + 75_000}},
		Copies: 2, TakenBack: 1, Checks: []protocol.Check{{Name: protocol.CheckHours, Result: protocol.Pass}}, Blobs: []protocol.BlobRef{},
	}
}

func goldenHead(sequence uint64, previous protocol.Hash, suite protocol.Suite) protocol.Manifest {
	id := goldenID
	id[15] = byte(sequence)
	return protocol.Manifest{
		ID: id, Kind: protocol.RecordConfirmation, Box: goldenBox.Box, Epoch: goldenBox.Epoch,
		Sequence: sequence, Previous: previous, Suite: suite, Campaign: "adult-2019", CampaignVersion: 3,
		Time: protocol.TimeEvidence{Earliest: goldenTime, Latest: goldenTime + 1500, Source: protocol.SourceHub,
			HubTime: goldenTime - 10_000, SinceHub: 10_750, Boot: 4, Verdict: protocol.VerdictOpen},
	}
}

// message is a sample whose payload is the same at every making.
type message struct {
	name   string
	kind   protocol.Kind
	signer crypto.Signer // nil: not signed
	value  any
	empty  func() any
}

func goldenMessages(p parties) []message {
	checkpoint := protocol.Checkpoint{Number: 1234, Hash: protocol.HashOf([]byte("journal 1234")), At: goldenTime}
	marks := protocol.Marks{Roster: 1200, Campaign: 3, Checkpoint: checkpoint}
	return []message{
		{"hello", protocol.KindHello, p.device, protocol.Hello{
			Address: goldenBox, Nonce: nonce, Boot: 4, Software: "kioskd 1", KeyStore: "file", Marks: marks,
			Head: 2, HeadHash: protocol.HashOf([]byte("head")), Receipted: 1, Waiting: 1,
		}, func() any { return new(protocol.Hello) }},
		{"welcome", protocol.KindWelcome, p.hub, protocol.Welcome{
			Address: goldenBox, Nonce: nonce, HubTime: goldenTime, State: protocol.BoxActive, Receipted: 1,
			Beyond: []uint64{3}, Campaign: 3, Roster: 1234,
		}, func() any { return new(protocol.Welcome) }},
		{"heartbeat", protocol.KindHeartbeat, p.device, protocol.Heartbeat{
			Address: goldenBox, Nonce: nonce, Marks: marks, Head: 2, Waiting: 1, Oldest: goldenTime,
			Time:   goldenHead(1, protocol.Hash{}, protocol.SuiteAES).Time,
			Screen: "idle", FreeDisk: 12 << 30, Devices: []protocol.DeviceState{{Name: "idcard", State: "fault", Fault: "line"}}, Uptime: 3600,
		}, func() any { return new(protocol.Heartbeat) }},
		{"clock", protocol.KindClock, p.hub, protocol.Clock{
			Address: goldenBox, Nonce: nonce, HubTime: goldenTime, State: protocol.BoxFrozen,
		}, func() any { return new(protocol.Clock) }},
		{"receipts", protocol.KindReceipts, p.hub, protocol.Receipts{
			Address: goldenBox, Checkpoint: checkpoint, BackupMark: 1, Entries: []protocol.Receipt{
				{Record: goldenID, Envelope: protocol.HashOf([]byte("one")), Sequence: 1, Outcome: protocol.Accepted, At: goldenTime},
				{Record: protocol.ID{1}, Envelope: protocol.HashOf([]byte("two")), Sequence: 2, Outcome: protocol.Quarantined, Reason: protocol.ReasonFork, At: goldenTime},
			},
		}, func() any { return new(protocol.Receipts) }},
		{"want", protocol.KindWant, p.hub, protocol.Want{
			Address: goldenBox, Records: []uint64{2, 4},
			Parts: []protocol.WantPart{{Record: goldenID, Part: protocol.HashOf([]byte("part")), From: 98304}},
		}, func() any { return new(protocol.Want) }},
		{"checkpoint", protocol.KindCheckpoint, p.hub, checkpoint, func() any { return new(protocol.Checkpoint) }},
		{"chunk", protocol.KindChunk, nil, protocol.Chunk{Record: goldenID, Pieces: []protocol.Piece{
			{Part: protocol.HashOf([]byte("part")), Offset: 98304, Bytes: []byte("the end of one part")},
			{Part: protocol.HashOf([]byte("next")), Offset: 0, Bytes: []byte("and all of the next")},
		}}, func() any { return new(protocol.Chunk) }},
		{"confirmation-plain", "", nil, goldenConfirmation([]protocol.BlobRef{}), func() any { return new(protocol.Confirmation) }},
		{"confirmation-photo-plain", "", nil, goldenPhotoConfirmation(), func() any { return new(protocol.Confirmation) }},
		{"void-plain", "", nil, goldenVoid(), func() any { return new(protocol.Void) }},
		{"signature-plain", "", nil, goldenSignature(), func() any { return new(protocol.Signature) }},
		{"rosterpage-plain", "", nil, goldenPage(p), func() any { return new(protocol.RosterPage) }},
		{"staffpage-plain", "", nil, goldenStaff(), func() any { return new(protocol.StaffPage) }},
		{"deskcert", protocol.KindDeskCert, p.hub, protocol.DeskCertificate{Address: goldenBox, Nonce: nonce, Certificate: []byte("DER")},
			func() any { return new(protocol.DeskCertificate) }},
		{"deskcert-refused", protocol.KindDeskCert, p.hub, protocol.DeskCertificate{Address: goldenBox, Nonce: nonce, Refusal: protocol.DeskRefusedName},
			func() any { return new(protocol.DeskCertificate) }},
		{"heartbeat-staff", protocol.KindHeartbeat, p.device, protocol.Heartbeat{
			Address: goldenBox, Nonce: nonce, Marks: protocol.Marks{Roster: 1200, Campaign: 3, Checkpoint: checkpoint, Staff: 77}, Head: 2, Waiting: 1, Oldest: goldenTime,
			Time:   goldenHead(1, protocol.Hash{}, protocol.SuiteAES).Time,
			Screen: "idle", FreeDisk: 12 << 30, Devices: []protocol.DeviceState{{Name: "idcard", State: "ready"}}, Uptime: 3600,
		}, func() any { return new(protocol.Heartbeat) }},
		{"rosterkey-plain", "", nil, p.rosterKey, func() any { return new(protocol.RosterKey) }},
	}
}

func goldenPage(p parties) protocol.RosterPage {
	app := goldenApplication()
	return protocol.RosterPage{Entries: []protocol.RosterEntry{
		{Version: 1201, Application: &app},
		{Version: 1202, Gone: "a-golden-2"},
		{Version: 1203, Confirmed: &protocol.ConfirmedMark{Application: "a-golden-3", At: goldenTime, Point: "43010202"}},
		{Version: 1204, Elsewhere: &protocol.ElsewhereMark{Key: p.rosterKey.Mark("430102199001010029"), Point: "43010202", PointName: "样本第二确认点"}},
	}}
}

// goldenStaff is made up like everybody here; the verifier is of no password.
func goldenStaff() protocol.StaffPage {
	return protocol.StaffPage{Members: []protocol.StaffMember{
		{ID: "s0001", Name: "sample1", Display: "样本·甲", Role: protocol.StaffClerk,
			Verifier: "$argon2id$v=19$m=19456,t=2,p=1$c2FsdHNhbHRzYWx0c2FsdA$MDEyMzQ1Njc4OTAxMjM0NTY3ODkwMTIzNDU2Nzg5MDE", Secret: []byte("12345678901234567890")},
		{ID: "s0002", Name: "sample2", Display: "样本·乙", Role: protocol.StaffHead,
			Verifier: "$argon2id$v=19$m=19456,t=2,p=1$c2FsdHNhbHRzYWx0c2FsdA$MDEyMzQ1Njc4OTAxMjM0NTY3ODkwMTIzNDU2Nzg5MDE", Secret: []byte("09876543210987654321")},
	}}
}

var goldenPoint = protocol.PointInfo{Code: "43010201", Name: "样本确认点", Division: "430102", Address: "样本路1号", Phone: "0731-00000000", Unit: 1}

const goldenBundle = `{"id":"adult-2019","version":3}` + "\n"

func goldenPath(name string) string { return filepath.Join(goldenDir, name) }

func golden(t testing.TB, name string) []byte {
	t.Helper()
	b, err := os.ReadFile(goldenPath(name))
	if err != nil {
		t.Fatalf("%v (go test ./protocol -run TestMakeGolden -update writes what is missing)", err)
	}
	return b
}

const goldenCode = "K7QW-2M9T-XH4R"
