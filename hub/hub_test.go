package hub_test

import (
	"net"
	"net/http"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"zhunkao/hub"
	"zhunkao/hub/confirmation"
	"zhunkao/hub/db"
	"zhunkao/hub/fleet"
	"zhunkao/hub/intake"
	"zhunkao/hub/journal"
	"zhunkao/protocol"
)

func TestFromTicketToRow(t *testing.T) {
	s := newSite(t)
	s.start()
	b, code := s.enrol(s.ticket())
	if code != http.StatusOK {
		t.Fatalf("enrolment: status %d\n%s", code, s.log)
	}
	if b.grant.Campaign != s.rules.ID || b.grant.Point.Code != point || b.grant.Epoch != 1 || b.grant.Point.Unit != 1 {
		t.Fatalf("grant: campaign %q point %+v epoch %d", b.grant.Campaign, b.grant.Point, b.grant.Epoch)
	}
	s.must(b.connect())
	b.hello()
	var w protocol.Welcome
	b.hears(protocol.KindWelcome, &w)
	if w.State != protocol.BoxActive || w.Campaign != s.rules.Version || w.Receipted != 0 {
		t.Errorf("welcome %+v", w)
	}
	b.takesCampaign()
	b.takesRoster(len(s.people))

	rec := b.confirm(s.people[0])
	var r protocol.Receipts
	b.hears(protocol.KindReceipts, &r)
	if len(r.Entries) != 1 || r.Entries[0].Outcome != protocol.Accepted || r.Entries[0].Envelope != rec.Hash() {
		t.Fatalf("receipts %+v", r.Entries)
	}
	s.must(s.hub.DB().Read(t.Context(), func(tx *db.Tx) error {
		got, err := confirmation.Get(t.Context(), tx, rec.Manifest.ID.String())
		if err == nil && got.State != confirmation.InForce {
			t.Errorf("state %q (%s), checks %+v", got.State, got.StateReason, got.Checks)
		}
		return err
	}))
	var boxes []fleet.Box
	s.ask("GET", "/boxes", "", &boxes)
	if len(boxes) != 1 || boxes[0].Held != 1 || boxes[0].Live.Silent {
		t.Errorf("boxes %+v", boxes)
	}
	var report journal.Report
	s.ask("GET", "/journal/verify", "", &report)
	if !report.OK() || report.Entries < uint64(len(s.people)) {
		t.Errorf("journal %+v", report)
	}
	var fsck intake.Report
	s.ask("GET", "/fsck", "", &fsck)
	if !fsck.OK() || fsck.Records != 1 || fsck.Blobs != 4 {
		t.Errorf("fsck %+v", fsck)
	}
	for _, secret := range []string{string(s.people[0].Application.Number()), string(s.people[0].Application.Name())} {
		if strings.Contains(s.log.String(), secret) {
			t.Error("the log names a person")
		}
	}
}

func TestHubStoppedAndStartedAgain(t *testing.T) {
	s := newSite(t)
	s.start()
	b, _ := s.enrol(s.ticket())
	s.must(b.connect())
	b.hello()
	first := b.confirm(s.people[0])
	var r protocol.Receipts
	b.hears(protocol.KindReceipts, &r)
	if err := s.stop(); err != nil {
		t.Fatal(err)
	}
	s.start()
	s.must(b.connect())
	b.hello()
	var w protocol.Welcome
	b.hears(protocol.KindWelcome, &w)
	if w.Receipted != 1 {
		t.Errorf("after a restart the hub says it holds %d records, want 1", w.Receipted)
	}
	b.say(protocol.KindManifest, first.Envelope) // announced again, without its parts
	var again protocol.Receipts
	b.hears(protocol.KindReceipts, &again)
	if len(again.Entries) != 1 || again.Entries[0] != r.Entries[0] {
		t.Errorf("got %+v, before it was %+v", again.Entries, r.Entries)
	}
	var report journal.Report
	s.ask("GET", "/journal/verify", "", &report)
	if !report.OK() {
		t.Errorf("journal %+v", report)
	}
}

func TestRevokedBoxIsCut(t *testing.T) {
	s := newSite(t)
	s.start()
	b, _ := s.enrol(s.ticket())
	s.must(b.connect())
	if code := s.ask("POST", "/boxes/"+string(b.grant.Box)+"/revoke", `{}`, nil); code != http.StatusBadRequest {
		t.Errorf("revoked without a reason: status %d", code)
	}
	if code := s.ask("POST", "/boxes/"+string(b.grant.Box)+"/revoke", `{"reason":"stolen"}`, nil); code != http.StatusOK {
		t.Fatalf("revoke: status %d", code)
	}
	select {
	case <-b.lost:
	case <-time.After(patient):
		t.Fatal("the session of a revoked box stands")
	}
	if b.connect() == nil {
		t.Error("a revoked box came in again")
	}
	if code := s.ask("POST", "/boxes/"+string(b.grant.Box)+"/release", `{"reason":"found"}`, nil); code != http.StatusBadRequest {
		t.Errorf("a revoked box was released: status %d", code)
	}
}

func TestTicketIsGoodOnce(t *testing.T) {
	s := newSite(t)
	s.start()
	ticket := s.ticket()
	b, code := s.enrol(ticket)
	if code != http.StatusOK {
		t.Fatalf("status %d", code)
	}
	id := b.grant.Box
	if code := b.ask(ticket); code != http.StatusOK || b.grant.Box != id {
		t.Errorf("the same box asked again because the answer was lost: status %d, box %s, want %s", code, b.grant.Box, id)
	}
	if _, code := s.enrol(ticket); code != http.StatusForbidden {
		t.Errorf("another box with a used ticket: status %d", code)
	}
	for range 12 { // guesses end soon
		_, code = s.enrol(ticket)
	}
	if code != http.StatusTooManyRequests {
		t.Errorf("after a dozen wrong codes: status %d", code)
	}
}

func TestOpenSaysWhatIsWrong(t *testing.T) {
	s := newSite(t)
	taken, err := net.Listen("tcp", "127.0.0.1:0")
	s.must(err)
	defer taken.Close()
	for name, tc := range map[string]struct {
		change func(*hub.Config)
		want   string
	}{
		"no data":         {func(c *hub.Config) { c.Data = filepath.Join(s.dir, "none") }, "hubctl"},
		"port of pages":   {func(c *hub.Config) { c.Listen = taken.Addr().String() }, taken.Addr().String()},
		"port of door":    {func(c *hub.Config) { c.Door = taken.Addr().String() }, taken.Addr().String()},
		"port of broker":  {func(c *hub.Config) { c.MQTT = taken.Addr().String() }, taken.Addr().String()},
		"plain HTTP":      {func(c *hub.Config) { c.Listen = "0.0.0.0:0" }, "--tls-cert"},
		"clock":           {func(c *hub.Config) { c.DemoClock = filepath.Join(s.dir, "clock.sock") }, "--demo-clock"},
		"no such address": {func(c *hub.Config) { c.Door = "8604" }, "--door"},
		"nameless":        {func(c *hub.Config) { c.Door, c.MQTT = "0.0.0.0:0", "0.0.0.0:0" }, "--name"},
		"no payments":     {func(c *hub.Config) { c.Payments = filepath.Join(s.dir, "none.json") }, "none.json"},
	} {
		t.Run(name, func(t *testing.T) {
			c := s.config()
			tc.change(&c)
			h, err := hub.Open(t.Context(), c)
			if err == nil {
				_ = h.Close()
				t.Fatal("opened")
			}
			if !strings.Contains(err.Error(), tc.want) || strings.Contains(err.Error(), "\n") {
				t.Errorf("got %q, want one line with %q", err, tc.want)
			}
		})
	}
	s.start() // nothing of the failed ones stands in the way
	if _, err := hub.Open(t.Context(), s.config()); err == nil || !strings.Contains(err.Error(), "in use") {
		t.Errorf("second hub on one directory: %v", err)
	}
}
