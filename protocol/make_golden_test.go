package protocol_test

import (
	"crypto/rand"
	"crypto/x509"
	"crypto/x509/pkix"
	"encoding/hex"
	"encoding/json"
	"errors"
	"io/fs"
	"math/big"
	"os"
	"testing"

	"zhunkao/protocol"
)

// TestMakeGolden writes the samples that do not exist yet.
func TestMakeGolden(t *testing.T) {
	if !*update {
		t.Skip("only with -update")
	}
	p := goldenParties(t)
	must := func(b []byte, err error) []byte {
		t.Helper()
		if err != nil {
			t.Fatal(err)
		}
		return b
	}
	put := func(name string, b []byte) {
		t.Helper()
		if _, err := os.Stat(goldenPath(name)); !errors.Is(err, fs.ErrNotExist) {
			return
		}
		if err := os.WriteFile(goldenPath(name), b, 0o644); err != nil {
			t.Fatal(err)
		}
		t.Logf("new sample %s, %d bytes", name, len(b))
	}
	if err := os.MkdirAll(goldenDir, 0o755); err != nil {
		t.Fatal(err)
	}
	put("keys.json", must(json.MarshalIndent(map[string]string{
		"device":      hex.EncodeToString(goldenKey("device")),
		"box_opening": hex.EncodeToString(goldenKey("box opening")),
		"hub_signing": hex.EncodeToString(goldenKey("hub signing")),
		"hub_opening": hex.EncodeToString(goldenKey("hub opening")),
		"roster":      hex.EncodeToString(goldenKey("roster")),
	}, "", "  ")))
	for _, m := range goldenMessages(p) {
		if m.signer == nil {
			put(m.name+".cbor", must(protocol.Encode(m.value)))
			continue
		}
		put(m.name+".cose", must(protocol.SignMessage(m.kind, m.value, m.signer)))
	}

	sealed, err := protocol.SealForBox(protocol.SuiteAES, protocol.KindRoster, goldenBox, p.boxOpen.PublicKey(), goldenPage(p))
	if err != nil {
		t.Fatal(err)
	}
	put("roster.cose", must(protocol.SignMessage(protocol.KindRoster,
		protocol.Roster{Address: goldenBox, Campaign: "adult-2019", From: 1200, To: 1234, Sealed: sealed}, p.hub)))
	sealed, err = protocol.SealForBox(protocol.SuiteChaCha, protocol.KindCampaign, goldenBox, p.boxOpen.PublicKey(), p.rosterKey)
	if err != nil {
		t.Fatal(err)
	}
	pieces, err := protocol.CutCampaign(protocol.CampaignMessage{Address: goldenBox, Campaign: "adult-2019", Version: 3,
		Point: goldenPoint, RosterKey: sealed}, []byte(goldenBundle))
	if err != nil || len(pieces) != 1 {
		t.Fatal(len(pieces), err)
	}
	put("campaign.cose", must(protocol.SignMessage(protocol.KindCampaign, pieces[0], p.hub)))

	sealed, err = protocol.SealForBox(protocol.SuiteAES, protocol.KindStaff, goldenBox, p.boxOpen.PublicKey(), goldenStaff())
	if err != nil {
		t.Fatal(err)
	}
	put("staff.cose", must(protocol.SignMessage(protocol.KindStaff, protocol.Staff{Address: goldenBox, Point: goldenPoint.Code,
		Issued: goldenTime, Until: goldenTime + 21*24*3600*1000, Mark: 77, Sealed: sealed}, p.hub)))

	sealed, err = protocol.SealForBox(protocol.SuiteAES, protocol.KindTickets, goldenBox, p.boxOpen.PublicKey(), goldenAdmission())
	if err != nil {
		t.Fatal(err)
	}
	put("tickets.cose", must(protocol.SignMessage(protocol.KindTickets, protocol.AdmissionTickets{Address: goldenBox, Campaign: "adult-2019", Edition: 1,
		Issued: goldenTime, Mark: 41, Page: 1, Pages: 1, Sealed: sealed}, p.hub)))
	sealed, err = protocol.SealForBox(protocol.SuiteChaCha, protocol.KindPictures, goldenBox, p.boxOpen.PublicKey(), goldenPictures())
	if err != nil {
		t.Fatal(err)
	}
	put("pictures.cose", must(protocol.SignMessage(protocol.KindPictures, protocol.Pictures{Address: goldenBox, Sealed: sealed}, p.hub)))

	makeGoldenRecords(t, p, put)
	makeGoldenEnrolment(t, p, put)
}

func makeGoldenRecords(t *testing.T, p parties, put func(string, []byte)) {
	previous := protocol.Hash{}
	for i, suite := range []protocol.Suite{protocol.SuiteAES, protocol.SuiteChaCha} {
		prefix := []string{"record1", "record2"}[i]
		if b, err := os.ReadFile(goldenPath(prefix + ".cose")); err == nil {
			previous = protocol.HashOf(b) // a record is kept whole or made whole
			continue
		}
		rec, blobs := sealGolden(t, p, uint64(i+1), previous, suite)
		put(prefix+".cose", rec.Envelope)
		put(prefix+"-body.bin", rec.Body)
		for _, b := range blobs {
			put(prefix+"-"+b.Ref.Role+".bin", b.Ciphertext)
		}
		previous = rec.Hash()
	}
}

// sealGolden makes the record that the samples hold, sealed afresh.
func sealGolden(t testing.TB, p parties, sequence uint64, previous protocol.Hash, suite protocol.Suite) (protocol.Record, []protocol.SealedBlob) {
	t.Helper()
	var blobs []protocol.SealedBlob
	var refs []protocol.BlobRef
	for _, r := range goldenRoles {
		b, err := protocol.SealBlob(suite, r.role, r.media, goldenBlobs(t)[r.role])
		if err != nil {
			t.Fatal(err)
		}
		blobs, refs = append(blobs, b), append(refs, b.Ref)
	}
	rec, err := protocol.SealRecord(goldenHead(sequence, previous, suite), goldenConfirmation(refs), refs, p.hubOpen.PublicKey(), p.device)
	if err != nil {
		t.Fatal(err)
	}
	return rec, blobs
}

func makeGoldenEnrolment(t *testing.T, p parties, put func(string, []byte)) {
	csr, err := x509.CreateCertificateRequest(rand.Reader, &x509.CertificateRequest{Subject: pkix.Name{CommonName: "zhunkao box"}}, p.device)
	if err != nil {
		t.Fatal(err)
	}
	request, err := protocol.SignMessage(protocol.KindEnrol, protocol.EnrolRequest{Code: goldenCode, CSR: csr,
		Opening: p.boxOpen.PublicKey().Bytes(), KeyStore: "file", Software: "kioskd 1"}, p.device)
	if err != nil {
		t.Fatal(err)
	}
	put("enrol.cose", request)
	ask, err := protocol.SignMessage(protocol.KindDesk, protocol.DeskRequest{Address: goldenBox, Nonce: nonce, CSR: csr,
		Names: []string{"192.168.8.20", "bgoldenbox2.local"}}, p.device)
	if err != nil {
		t.Fatal(err)
	}
	put("desk.cose", ask)

	ca := &x509.Certificate{SerialNumber: big.NewInt(1), Subject: pkix.Name{CommonName: "golden CA"}, IsCA: true, BasicConstraintsValid: true,
		NotBefore: goldenTime.Time(), NotAfter: goldenTime.Time().AddDate(10, 0, 0)}
	caDER, err := x509.CreateCertificate(rand.Reader, ca, ca, p.device.Public(), p.device)
	if err != nil {
		t.Fatal(err)
	}
	leaf := &x509.Certificate{SerialNumber: big.NewInt(2), Subject: pkix.Name{CommonName: string(goldenBox.Box)},
		NotBefore: goldenTime.Time(), NotAfter: goldenTime.Time().AddDate(2, 0, 0)}
	leafDER, err := x509.CreateCertificate(rand.Reader, leaf, ca, p.device.Public(), p.device)
	if err != nil {
		t.Fatal(err)
	}
	spki, err := x509.MarshalPKIXPublicKey(p.hub.Public())
	if err != nil {
		t.Fatal(err)
	}
	id, err := protocol.SigningKeyID(p.hub.Public())
	if err != nil {
		t.Fatal(err)
	}
	grant, err := protocol.Encode(protocol.EnrolGrant{Address: goldenBox, Certificate: leafDER, CA: caDER,
		Signing: []protocol.SigningKey{{ID: id, Key: spki}}, Opening: p.hubOpen.PublicKey().Bytes(),
		MQTT: "hub.example:8605", Campaign: "adult-2019", Point: goldenPoint})
	if err != nil {
		t.Fatal(err)
	}
	put("grant.cbor", grant)
	put("ticket.txt", []byte(protocol.Ticket{Address: "hub.example:8604", Fingerprint: protocol.HashOf(caDER), Code: goldenCode}.String()+"\n"))
}
