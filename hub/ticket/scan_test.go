package ticket_test

import (
	"bytes"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"

	"zhunkao/hub/db"
	"zhunkao/hub/db/dbtest"
	"zhunkao/hub/seating"
	"zhunkao/hub/ticket"
)

// TestScan: another program reads the proof of a full room's seat from a print of the
// whole ticket at 150 dpi, with an address before it.
func TestScan(t *testing.T) {
	for _, tool := range []string{"pdftoppm", "zbarimg"} {
		if _, err := exec.LookPath(tool); err != nil && os.Getenv("CI") != "true" {
			t.Skip(tool + " is not here: make peers")
		}
	}
	p := newProvince(t, dbtest.SQLite(t), 45)
	var one ticket.Filled
	err := p.db.Read(t.Context(), func(tx *db.Tx) error {
		rooms, err := seating.Rooms(t.Context(), tx, p.version.ID, "")
		if err != nil {
			return err
		}
		for _, r := range rooms {
			all, err := p.desk.Room(t.Context(), tx, p.version, r)
			if err != nil {
				return err
			}
			for _, f := range all {
				if len(f.Proof) > len(one.Proof) {
					one = f
				}
			}
		}
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
	one.Proof = "HTTPS://CHENGKAO.HNEEB.EXAMPLE.CN" + ticket.LinkPath + one.Proof
	doc, err := one.Print(p.fonts, ticket.Printing{Copy: 1, At: p.at})
	if err != nil {
		t.Fatal(err)
	}
	var file bytes.Buffer
	if err := doc.PDF(&file); err != nil {
		t.Fatal(err)
	}
	dir := t.TempDir()
	if err := os.WriteFile(filepath.Join(dir, "ticket.pdf"), file.Bytes(), 0o600); err != nil {
		t.Fatal(err)
	}
	if out, err := exec.Command("pdftoppm", "-r", "150", "-png", "-singlefile", filepath.Join(dir, "ticket.pdf"), filepath.Join(dir, "ticket")).CombinedOutput(); err != nil {
		t.Fatalf("%v: %s", err, out)
	}
	got, err := exec.Command("zbarimg", "--nodbus", "--raw", "-q", "-Sdisable", "-Sqr.enable", filepath.Join(dir, "ticket.png")).Output()
	if err != nil || strings.TrimSpace(string(got)) != one.Proof {
		t.Errorf("%d characters are not read: %v", len(one.Proof), err)
	}
}
