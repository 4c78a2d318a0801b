package hub_test

import (
	"net/http"
	"testing"
	"time"

	"zhunkao/hub/backup"
	"zhunkao/protocol"
)

// TestBackupMark: a box is told how far its chain is in a backup, with the clock
// and with receipts, when that backup was finished and not before.
func TestBackupMark(t *testing.T) {
	s := newSite(t)
	s.start()
	b, status := s.enrol(s.ticket())
	if status != http.StatusOK {
		t.Fatal(status)
	}
	s.must(b.connect())
	b.hello()
	b.hears(protocol.KindWelcome, nil)
	b.confirm(s.people[0])
	var r protocol.Receipts
	b.hears(protocol.KindReceipts, &r)
	var begun backup.Backup
	if code := s.ask("POST", "/backup", "", &begun); code != http.StatusOK || begun.Number != 1 || begun.Boxes != 1 || begun.Records != 1 {
		t.Fatalf("begin: %d, %+v", code, begun)
	}
	b.confirm(s.people[1]) // after the copy
	b.hears(protocol.KindReceipts, &r)
	clock := func() (c protocol.Clock) {
		b.beat(protocol.Marks{Campaign: s.rules.Version})
		b.hears(protocol.KindClock, &c)
		return c
	}
	if c := clock(); c.BackupMark != 0 || r.BackupMark != 0 {
		t.Errorf("a mark before the backup is finished: %d, %d", c.BackupMark, r.BackupMark)
	}
	if code := s.ask("POST", "/backup/done", `{"Number": 7, "Read": true}`, nil); code != http.StatusBadRequest {
		t.Errorf("one that was never begun is finished: %d", code)
	}
	if code := s.ask("POST", "/backup/done", `{"Number": 1, "Read": true}`, nil); code != http.StatusOK {
		t.Fatal(code)
	}
	late := time.Now().Add(patient)
	for clock().BackupMark != 1 {
		if time.Now().After(late) {
			t.Fatalf("the clock says no mark; log of the hub:\n%s", s.log)
		}
		<-time.After(100 * time.Millisecond)
	}
	b.confirm(s.people[2])
	if b.hears(protocol.KindReceipts, &r); r.BackupMark != 1 {
		t.Errorf("receipts say %d, want 1", r.BackupMark)
	}
	var all []backup.Backup
	if code := s.ask("GET", "/backup", "", &all); code != http.StatusOK || len(all) != 1 || all[0].Done == 0 {
		t.Errorf("list: %d, %+v", code, all)
	}
}
