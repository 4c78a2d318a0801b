package hub_test

import (
	"bytes"
	"mime/multipart"
	"net/http"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"

	"zhunkao/hub/db"
)

// TestStickAtTheConsole: the running hub's page reads a stick in. The golden one
// is of a box that is not this hub's, so nothing of it is kept but the entry.
func TestStickAtTheConsole(t *testing.T) {
	s := newSite(t)
	s.start()
	c, base := s.operator()
	token := regexp.MustCompile(`name="token" value="([^"]+)"`).FindStringSubmatch(s.read(c.Get(base + "/gl/sticks")))
	if token == nil {
		t.Fatal("there is no form for a stick")
	}
	golden, err := os.ReadFile(filepath.Join("..", "protocol", "testdata", "golden", "v1", "stick.zkj"))
	s.must(err)
	var form bytes.Buffer
	m := multipart.NewWriter(&form)
	s.must(m.WriteField("token", token[1]))
	part, err := m.CreateFormFile("stick", "x.zkj")
	s.must(err)
	_, err = part.Write(golden)
	s.must(err)
	s.must(m.Close())
	req, err := http.NewRequestWithContext(t.Context(), http.MethodPost, base+"/gl/sticks", &form)
	s.must(err)
	req.Header.Set("Content-Type", m.FormDataContentType())
	req.Header.Set("Origin", base)
	if text := s.read(c.Do(req)); !strings.Contains(text, "非本省终端 2") || !strings.Contains(text, "不是本省中心的终端") {
		t.Errorf("the page: %s", text)
	}
	var acts, kept int
	s.must(s.hub.DB().Read(t.Context(), func(tx *db.Tx) error {
		return tx.QueryRow(t.Context(), `SELECT (SELECT count(*) FROM journal_entry WHERE act = 'stick.brought'), (SELECT count(*) FROM quarantine)`).Scan(&acts, &kept)
	}))
	if acts != 1 || kept != 0 {
		t.Errorf("%d entries, %d in quarantine", acts, kept)
	}
}
