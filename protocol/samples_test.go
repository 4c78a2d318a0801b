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

func goldenAssent() protocol.Assent {
	return protocol.Assent{Account: "4f6b2d9a1c", Role: protocol.AssentClerk, How: protocol.HowCard, At: goldenTime + 30_000}
}

// goldenAttended has all that a clerk adds to a confirmation.
func goldenAttended() protocol.Confirmation {
	c := goldenConfirmation([]protocol.BlobRef{})
	clerk := goldenAssent()
	c.Chip.Type, c.Clerk, c.Token, c.Entered, c.StartedFrom = form.ChipPapers, &clerk, []byte("a signed token"), true, 0
	c.Papers = &protocol.Papers{Why: protocol.WhyMissing, Document: "3", Copies: 2, Note: "户口簿首页和本人页"}
	c.Overrides = []protocol.Override{{Act: "expired-card", Reason: "新证在办，有回执", Assents: []protocol.Assent{clerk}}}
	return c
}

// goldenChild has the consent of a guardian.
func goldenChild() protocol.Confirmation {
	c := goldenAttended()
	c.Guardian = &protocol.Guardian{Name: "周样", Relation: "mother", Phone: "13800000000",
		Text: protocol.HashOf([]byte("要由监护人同意。")), Sheet: protocol.HashOf([]byte("a picture of the sheet"))}
	return c
}

func goldenReview() protocol.Review {
	return protocol.Review{
		Application: goldenApplication().ID, Version: 2, Point: "43010201", Record: goldenID,
		Items:  []protocol.ReviewItem{{Key: "diploma", Result: protocol.Pass}, {Key: "licence", Result: protocol.Warn, Note: "明天带来"}},
		Claims: []protocol.ReviewClaim{{Kind: protocol.ClaimBonus, Code: "07", Shown: protocol.Pass, Copies: []uint16{1}}},
		Pledge: protocol.HashOf([]byte("a picture of her pledge")), Clerk: goldenAssent(), Blobs: []protocol.BlobRef{},
	}
}

func goldenVerification() protocol.Verification {
	return protocol.Verification{Record: goldenID, Application: goldenApplication().ID, Point: "43010202", Chip: goldenChip(),
		Timeline: []protocol.Event{{Step: protocol.StepCardRead, At: goldenTime}}, Checks: []protocol.Check{{Name: protocol.CheckMatch, Result: protocol.Pass}},
		Blobs: []protocol.BlobRef{}}
}

func goldenIncident() protocol.Incident {
	return protocol.Incident{Point: "43010201", Kind: "power", Since: goldenTime - 600_000, Words: "停电，已改用备用电源。\n二号机暂停。", Done: "已报县招办",
		Clerk: goldenAssent(), Blobs: []protocol.BlobRef{}}
}

func goldenGraveIncident() protocol.Incident {
	i := goldenIncident()
	i.Severity = protocol.SeverityGrave
	return i
}

func goldenTraining() protocol.Training {
	return protocol.Training{Point: "43010201", Account: "4f6b2d9a1c", Exercises: []protocol.Exercise{{Key: "first-visit", At: goldenTime}}, Blobs: []protocol.BlobRef{}}
}

func goldenOwnCard() protocol.OwnCard {
	digest := protocol.CardDigest("resident", []byte("text"), []byte("portrait"))
	salt := []byte("sixteen bytes ..")
	a := goldenAssent()
	a.How = protocol.HowCode
	return protocol.OwnCard{Point: "43010201", Clerk: a, Blobs: []protocol.BlobRef{},
		Card: protocol.StaffCard{At: goldenTime, Salt: salt, Mark: protocol.CardMark(salt, digest), PIN: "$argon2id$v=19$m=64,t=1,p=1$c2FsdHNhbHRzYWx0c2FsdA$AAAA"}}
}

func goldenStaffCard() protocol.StaffPage {
	p := goldenStaff()
	card := goldenOwnCard().Card
	p.Members = append([]protocol.StaffMember{}, p.Members...)
	p.Members[0].Card = &card
	return p
}

func goldenPointBoxes() protocol.StaffPage {
	p := goldenStaff()
	p.Boxes = []protocol.PointBox{
		{Box: goldenBox.Box, Unit: 1, Key: protocol.HashOf([]byte("key 1")), Names: []string{"192.168.8.20", string(goldenBox.Box) + ".local"}, Port: 8643},
		{Box: "bgoldenbox3", Unit: 2, Key: protocol.HashOf([]byte("key 2"))},
	}
	return p
}

func goldenToken() protocol.Token {
	return protocol.Token{Address: goldenBox, Point: "43010201", Day: "2019-09-06", Number: 12, Drawn: goldenHead(1, protocol.Hash{}, protocol.SuiteAES).Time}
}

func goldenSlip() protocol.Slip {
	return protocol.Slip{Address: goldenBox, Sequence: 12, Record: goldenID, Envelope: protocol.HashOf([]byte("twelve")), Application: "0198f3c1a2b3c4d5e6f708192a3b4c5d",
		Campaign: "adult-2019", Rules: 3, Fee: 4000, At: goldenTime}
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
		{"confirmation-attended-plain", "", nil, goldenAttended(), func() any { return new(protocol.Confirmation) }},
		{"confirmation-child-plain", "", nil, goldenChild(), func() any { return new(protocol.Confirmation) }},
		{"review-plain", "", nil, goldenReview(), func() any { return new(protocol.Review) }},
		{"verification-plain", "", nil, goldenVerification(), func() any { return new(protocol.Verification) }},
		{"incident-plain", "", nil, goldenIncident(), func() any { return new(protocol.Incident) }},
		{"incident-grave-plain", "", nil, goldenGraveIncident(), func() any { return new(protocol.Incident) }},
		{"training-plain", "", nil, goldenTraining(), func() any { return new(protocol.Training) }},
		{"owncard-plain", "", nil, goldenOwnCard(), func() any { return new(protocol.OwnCard) }},
		{"owncard-off-plain", "", nil, protocol.OwnCard{Point: "43010201", Clerk: goldenOwnCard().Clerk, Card: protocol.StaffCard{At: goldenTime}, Blobs: []protocol.BlobRef{}}, func() any { return new(protocol.OwnCard) }},
		{"staffpage-card-plain", "", nil, goldenStaffCard(), func() any { return new(protocol.StaffPage) }},
		{"staffpage-boxes-plain", "", nil, goldenPointBoxes(), func() any { return new(protocol.StaffPage) }},
		{"hello-desk", protocol.KindHello, p.device, protocol.Hello{
			Address: goldenBox, Nonce: nonce, Boot: 4, Software: "kioskd 1", KeyStore: "file", Marks: marks,
			Head: 2, HeadHash: protocol.HashOf([]byte("head")), Receipted: 1, Waiting: 1, Desk: []string{"192.168.8.20", "fd00::20"}, DeskPort: 8643,
		}, func() any { return new(protocol.Hello) }},
		{"retirement", protocol.KindRetirement, p.device, protocol.Retirement{Address: goldenBox, At: goldenTime, Head: 12,
			HeadHash: protocol.HashOf([]byte("twelve")), Carried: 2, Carry: protocol.HashOf([]byte("a file"))}, func() any { return new(protocol.Retirement) }},
		{"token", protocol.KindToken, p.device, goldenToken(), func() any { return new(protocol.Token) }},
		{"slip", protocol.KindSlip, p.device, goldenSlip(), func() any { return new(protocol.Slip) }},
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
		{"heartbeat-blocked", protocol.KindHeartbeat, p.device, protocol.Heartbeat{
			Address: goldenBox, Nonce: nonce, Marks: marks, Head: 2, Waiting: 1, Oldest: goldenTime,
			Time:   goldenHead(1, protocol.Hash{}, protocol.SuiteAES).Time,
			Screen: "blocked", FreeDisk: 12 << 30, Devices: []protocol.DeviceState{{Name: "tamper", State: "fault", Fault: "was opened"}}, Uptime: 3600,
			Blocked: "tamper", BlockedSince: goldenTime,
		}, func() any { return new(protocol.Heartbeat) }},
		{"heartbeat-ended", protocol.KindHeartbeat, p.device, protocol.Heartbeat{
			Address: goldenBox, Nonce: nonce, Marks: marks, Head: 2, Waiting: 1, Oldest: goldenTime,
			Time:   goldenHead(1, protocol.Hash{}, protocol.SuiteAES).Time,
			Screen: "idle", FreeDisk: 12 << 30, Devices: []protocol.DeviceState{{Name: "idcard", State: "ready"}}, Uptime: 3600, Ended: 1,
		}, func() any { return new(protocol.Heartbeat) }},
		{"heartbeat-stick", protocol.KindHeartbeat, p.device, protocol.Heartbeat{
			Address: goldenBox, Nonce: nonce, Marks: marks, Head: 2, Waiting: 1, Oldest: goldenTime,
			Time:   goldenHead(1, protocol.Hash{}, protocol.SuiteAES).Time,
			Screen: "idle", FreeDisk: 12 << 30, Devices: []protocol.DeviceState{{Name: "stick", State: "fault", Fault: "stick behind"}}, Uptime: 3600,
			Stick: &protocol.StickState{Records: 2, Bytes: 83_000, Behind: 12_500}, Kept: 2, Backup: 1,
		}, func() any { return new(protocol.Heartbeat) }},
		{"heartbeat-tickets", protocol.KindHeartbeat, p.device, protocol.Heartbeat{
			Address: goldenBox, Nonce: nonce, Marks: protocol.Marks{Roster: 1200, Campaign: 3, Checkpoint: checkpoint, Staff: 77, Tickets: 41, Coming: 42, ComingPage: 3}, Head: 2, Waiting: 1, Oldest: goldenTime,
			Time:   goldenHead(1, protocol.Hash{}, protocol.SuiteAES).Time,
			Screen: "idle", FreeDisk: 12 << 30, Devices: []protocol.DeviceState{{Name: "idcard", State: "ready"}}, Uptime: 3600,
		}, func() any { return new(protocol.Heartbeat) }},
		{"lacking", protocol.KindLacking, p.device, protocol.Lacking{Address: goldenBox, Mark: 41, Pictures: []protocol.LackingPicture{
			{Application: "a-golden-1", Picture: protocol.HashOf([]byte("a picture"))}, {Application: "a-golden-2", Picture: protocol.HashOf([]byte("another"))},
		}}, func() any { return new(protocol.Lacking) }},
		{"admissionpage-plain", "", nil, goldenAdmission(), func() any { return new(protocol.AdmissionPage) }},
		{"picturepage-plain", "", nil, goldenPictures(), func() any { return new(protocol.PicturePage) }},
		{"clock-backup", protocol.KindClock, p.hub, protocol.Clock{
			Address: goldenBox, Nonce: nonce, HubTime: goldenTime, State: protocol.BoxActive, BackupMark: 1,
		}, func() any { return new(protocol.Clock) }},
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

// goldenAdmission are two tickets of one room; the second has no picture and no proof.
func goldenAdmission() protocol.AdmissionPage {
	at := func(hours float64) protocol.Time { // of 26 October 2019 at UTC+8
		return protocol.TimeOf(time.Date(2019, 10, 25, 16, 0, 0, 0, time.UTC)) + protocol.Time(hours*3_600_000)
	}
	return protocol.AdmissionPage{
		Title: "样本省2019年成人高等学校招生全国统一考试", Rules: []string{"凭准考证和身份证进入考室。"}, Root: protocol.HashOf([]byte("a root")),
		Places: []protocol.AdmissionPlace{{Area: "0102 样本考区", Site: "样本第一中学", Address: "长沙市芙蓉区样本路1号", Phone: "0731-00000000"}},
		Papers: []protocol.AdmissionPaper{{Level: "高起本", Category: "文史类", Language: "英语", Sittings: []protocol.AdmissionSitting{
			{Subject: "语文", From: at(9), To: at(11), Entry: at(8.5), Shut: at(9.25)},
			{Subject: "外语（英语）", From: at(14.5), To: at(16.5), Entry: at(14), Shut: at(14.75)},
		}}},
		Tickets: []protocol.AdmissionTicket{
			{Application: "a-golden-1", Name: "样本·甲", Sex: "女", Document: "430***********0029", Number: "19430102005007", Room: "005", Seat: "07",
				Proof: "HTTPS://EXAMPLE.ORG/KS/T/SAMPLE", Picture: protocol.HashOf([]byte("a picture"))},
			{Application: "a-golden-2", Name: "样本·乙", Sex: "男", Document: "430***********0037", Number: "19430102005031", Room: "005", Seat: "31",
				NoPicture: "未采集相片\n由工作人员\n补采"},
		},
	}
}

func goldenPictures() protocol.PicturePage {
	return protocol.PicturePage{Pictures: []protocol.Picture{
		{Picture: protocol.HashOf([]byte("a picture")), JPEG: append([]byte{0xff, 0xd8, 0xff, 0xe0}, bytes.Repeat([]byte{0x5a}, 3000)...)},
		{Picture: protocol.HashOf([]byte("another"))},
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
