package protocol_test

import (
	"bytes"
	"os"
	"reflect"
	"testing"

	"zhunkao/protocol"
)

// Every sample decodes to what it was made of, and encodes to the same bytes.
func TestGoldenMessages(t *testing.T) {
	p := goldenParties(t)
	for _, m := range goldenMessages(p) {
		t.Run(m.name, func(t *testing.T) {
			got := m.empty()
			var payload []byte
			if m.signer == nil {
				payload = golden(t, m.name+".cbor")
				if err := protocol.Decode(payload, got); err != nil {
					t.Fatal(err)
				}
			} else {
				raw := golden(t, m.name+".cose")
				if err := protocol.OpenStatement(m.kind, raw, p.keys, got); err != nil {
					t.Fatal(err)
				}
				s, err := protocol.ParseStatement(m.kind, raw)
				if err != nil {
					t.Fatal(err)
				}
				payload = s.Payload
			}
			if v := reflect.ValueOf(got).Elem().Interface(); !reflect.DeepEqual(v, m.value) {
				t.Errorf("decoded\n%#v\nwant\n%#v", v, m.value)
			}
			again, err := protocol.Encode(m.value)
			if err != nil {
				t.Fatal(err)
			}
			if !bytes.Equal(again, payload) {
				t.Errorf("encodes to\n%x\nthe sample has\n%x", again, payload)
			}
		})
	}
}

func TestGoldenRecords(t *testing.T) {
	p := goldenParties(t)
	previous := protocol.Hash{}
	for i, prefix := range []string{"record1", "record2"} {
		env := golden(t, prefix+".cose")
		m, err := protocol.OpenEnvelope(env, &p.device.PublicKey)
		if err != nil {
			t.Fatal(err)
		}
		if m.Sequence != uint64(i+1) || m.Previous != previous {
			t.Errorf("%s: sequence %d after %s", prefix, m.Sequence, m.Previous)
		}
		previous = protocol.HashOf(env)
		var c protocol.Confirmation
		if err := protocol.OpenBody(m, golden(t, prefix+"-body.bin"), p.hubOpen, &c); err != nil {
			t.Fatal(err)
		}
		if want := goldenConfirmation(c.Blobs); !reflect.DeepEqual(c, want) {
			t.Errorf("%s: body\n%#v\nwant\n%#v", prefix, c, want)
		}
		for _, ref := range c.Blobs {
			plain, err := protocol.OpenBlob(ref, golden(t, prefix+"-"+ref.Role+".bin"))
			if err != nil {
				t.Fatalf("%s %s: %v", prefix, ref.Role, err)
			}
			if !bytes.Equal(plain, goldenBlobs(t)[ref.Role]) {
				t.Errorf("%s %s: other bytes", prefix, ref.Role)
			}
		}
		if len(c.Blobs) != len(goldenRoles) {
			t.Errorf("%s: %d blobs", prefix, len(c.Blobs))
		}
	}
}

func TestGoldenSealedToTheBox(t *testing.T) {
	p := goldenParties(t)
	var r protocol.Roster
	if err := protocol.OpenAddressed(protocol.KindRoster, golden(t, "roster.cose"), p.keys, goldenBox, &r); err != nil {
		t.Fatal(err)
	}
	var page protocol.RosterPage
	if err := protocol.OpenAtBox(r.Sealed, protocol.KindRoster, goldenBox, p.boxOpen, &page); err != nil {
		t.Fatal(err)
	}
	if want := goldenPage(p); !reflect.DeepEqual(page, want) {
		t.Errorf("roster page %#v, want %#v", page, want)
	}

	var st protocol.Staff
	if err := protocol.OpenAddressed(protocol.KindStaff, golden(t, "staff.cose"), p.keys, goldenBox, &st); err != nil {
		t.Fatal(err)
	}
	var people protocol.StaffPage
	if err := protocol.OpenAtBox(st.Sealed, protocol.KindStaff, goldenBox, p.boxOpen, &people); err != nil {
		t.Fatal(err)
	}
	if want := goldenStaff(); !reflect.DeepEqual(people, want) || st.Mark != 77 {
		t.Errorf("staff page of another content, mark %d", st.Mark)
	}

	var m protocol.CampaignMessage
	if err := protocol.OpenAddressed(protocol.KindCampaign, golden(t, "campaign.cose"), p.keys, goldenBox, &m); err != nil {
		t.Fatal(err)
	}
	var pieces protocol.CampaignPieces
	bundle, whole, err := pieces.Add(m)
	if err != nil || !whole || string(bundle) != goldenBundle || m.Point != goldenPoint {
		t.Errorf("campaign: %q, %v, %v", bundle, whole, err)
	}
	var k protocol.RosterKey
	if err := protocol.OpenAtBox(m.RosterKey, protocol.KindCampaign, goldenBox, p.boxOpen, &k); err != nil || !bytes.Equal(k.Key, p.rosterKey.Key) {
		t.Errorf("roster key: %v", err)
	}
}

func TestGoldenEnrolment(t *testing.T) {
	p := goldenParties(t)
	req, csr, opening, err := protocol.OpenEnrol(golden(t, "enrol.cose"))
	if err != nil {
		t.Fatal(err)
	}
	if req.Code != goldenCode || !p.device.PublicKey.Equal(csr.PublicKey) || !opening.Equal(p.boxOpen.PublicKey()) {
		t.Errorf("enrolment of another key or code")
	}
	var g protocol.EnrolGrant
	if err := protocol.Decode(golden(t, "grant.cbor"), &g); err != nil {
		t.Fatal(err)
	}
	if g.Address != goldenBox || g.Point != goldenPoint || g.MQTT != "hub.example:8605" || len(g.Signing) != 1 {
		t.Errorf("grant %+v", g)
	}
	again, err := protocol.Encode(g)
	if err != nil || !bytes.Equal(again, golden(t, "grant.cbor")) {
		t.Errorf("the grant encodes differently: %v", err)
	}
	ticket, err := protocol.ParseTicket(string(golden(t, "ticket.txt")))
	if err != nil {
		t.Fatal(err)
	}
	if ticket.Code != goldenCode || ticket.Fingerprint != protocol.HashOf(g.CA) || ticket.Address != "hub.example:8604" {
		t.Errorf("ticket does not fit the grant")
	}
}

// A kind or version without a sample fails here.
func TestEveryKindHasASample(t *testing.T) {
	kinds := []protocol.Kind{
		protocol.KindHello, protocol.KindHeartbeat, protocol.KindManifest, protocol.KindChunk,
		protocol.KindWelcome, protocol.KindClock, protocol.KindReceipts, protocol.KindWant, protocol.KindRoster, protocol.KindCampaign,
		protocol.KindStaff, protocol.KindDesk, protocol.KindDeskCert,
		protocol.KindEnrol, protocol.KindGrant, protocol.KindCheckpoint, protocol.KindToken, protocol.KindSlip, protocol.KindRetirement,
	}
	for _, k := range kinds {
		name := string(k)
		if k == protocol.KindManifest {
			name = "record1"
		}
		if len(findGolden(t, name)) == 0 {
			t.Errorf("no sample of %s", k)
		}
	}
}

func findGolden(t testing.TB, name string) []byte {
	for _, ext := range []string{".cose", ".cbor"} {
		if b, err := os.ReadFile(goldenPath(name + ext)); err == nil {
			return b
		}
	}
	return nil
}
