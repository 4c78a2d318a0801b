package hub_test

import (
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"net/http/cookiejar"
	"net/url"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"strings"
	"testing"
	"time"

	"golang.org/x/sys/unix"

	"zhunkao/hub"
	"zhunkao/hub/db"
	"zhunkao/hub/org"
	"zhunkao/hub/staff"
	"zhunkao/hub/staff/stafftest"
	"zhunkao/hub/storage"
)

// TestDiskFillsUp runs a hub on a real file system of a given size, fills that
// past 80 % and empties it again: the first page, the operator's socket, the
// journal and the log tell it, each once (S31).
func TestDiskFillsUp(t *testing.T) {
	s := newSite(t)
	s.onDisk(96 << 20)
	s.start()
	page := s.signIn()
	disk := func() storage.State {
		t.Helper()
		var all []storage.State
		if code := s.ask("GET", "/storage", "", &all); code != http.StatusOK || len(all) != 2 || all[0].Place != storage.Disk || all[1].Place != storage.Broker {
			t.Fatalf("status %d, %+v", code, all)
		}
		return all[0]
	}
	told := func(want bool, acts int) {
		t.Helper()
		if text := page(); strings.Contains(text, "省中心数据盘已用到") != want {
			t.Errorf("the first page tells of storage: %v, want %v", !want, want)
		}
		var n int
		s.must(s.hub.DB().Read(t.Context(), func(tx *db.Tx) error {
			return tx.QueryRow(t.Context(), `SELECT count(*) FROM journal_entry WHERE act LIKE 'storage.%'`).Scan(&n)
		}))
		if n != acts {
			t.Errorf("%d entries in the journal, want %d", n, acts)
		}
	}
	is := disk()
	if is.Alarm || is.Limit != 96<<20 {
		t.Fatalf("a fresh disk: %+v", is)
	}
	told(false, 0)
	ballast := filepath.Join(s.dir, "ballast")
	s.must(os.WriteFile(ballast, make([]byte, is.Limit*81/100-is.Used), 0o600))
	if is = disk(); !is.Alarm || is.Percent < storage.Full {
		t.Fatalf("a disk that fills: %+v", is)
	}
	told(true, 1)
	s.must(s.stop())
	s.start() // a start is no second beginning
	page = s.signIn()
	told(true, 1)
	s.must(os.Remove(ballast))
	if is = disk(); is.Alarm {
		t.Fatalf("there is room again: %+v", is)
	}
	told(false, 2)
	if begun := strings.Count(s.log.String(), "a place is filling up"); begun != 1 {
		t.Errorf("the log says %d times that it began", begun)
	}
}

// A database with a room of its own is watched against that.
func TestDatabaseFillsUp(t *testing.T) {
	s := newSite(t)
	c := s.config()
	c.DatabaseRoom = 64 << 10 // less than an empty one
	h, err := hub.Open(t.Context(), c)
	s.must(err)
	defer func() { s.must(h.Close()) }()
	var state string
	s.must(h.DB().Read(t.Context(), func(tx *db.Tx) error {
		return tx.QueryRow(t.Context(), `SELECT coalesce(max(value), '') FROM meta WHERE key = 'storage.database'`).Scan(&state)
	}))
	if state != "alarm" {
		t.Errorf("the database is %q", state)
	}
}

// onDisk moves the site to a file system of a given size.
func (s *site) onDisk(size int) {
	s.t.Helper()
	without := func(why string) {
		if os.Getenv("CI") == "true" {
			s.t.Fatalf("%s, and CI must give this proof", why)
		}
		s.t.Skipf("%s: a hub on a disk that fills was NOT tried", why)
	}
	if os.Getuid() != 0 {
		without("not root, so no file system of a given size can be mounted")
	}
	mnt := shortDir(s.t)
	if err := unix.Mount("tmpfs", mnt, "tmpfs", 0, fmt.Sprintf("size=%d,mode=0700", size)); err != nil {
		without("tmpfs cannot be mounted: " + err.Error())
	}
	s.t.Cleanup(func() { _ = unix.Unmount(mnt, unix.MNT_DETACH) })
	if out, err := exec.CommandContext(s.t.Context(), "cp", "-a", s.dir+"/.", mnt).CombinedOutput(); err != nil {
		s.t.Fatalf("%v: %s", err, out)
	}
	s.dir = mnt
}

// signIn gives what reads the first page of an operator of the province.
func (s *site) signIn() func() string {
	s.t.Helper()
	c, base := s.operator()
	return func() string {
		deadline := time.Now().Add(patient)
		for {
			if text := s.read(c.Get(base + "/gl")); strings.Contains(text, "邓志远") || time.Now().After(deadline) {
				return text
			}
		}
	}
}

// read gives the body of an answer.
func (s *site) read(res *http.Response, err error) string {
	s.t.Helper()
	s.must(err)
	defer res.Body.Close()
	body, err := io.ReadAll(res.Body)
	s.must(err)
	return string(body)
}

// operator hires an operator of the province, if there is none yet, and gives
// her browser, signed in, and where the pages are.
func (s *site) operator() (*http.Client, string) {
	s.t.Helper()
	const password = "岳麓山下有一所学校 2019"
	var office string
	s.must(s.hub.DB().Read(s.t.Context(), func(tx *db.Tx) error {
		all, err := org.Offices(s.t.Context(), tx, "430000")
		for _, o := range all {
			if o.Division == "430000" {
				office = o.ID
			}
		}
		return err
	}))
	account, err := json.Marshal(staff.NewAccount{Name: "sheng", Display: "邓志远", Role: staff.ProvinceOperator, Office: office, Password: password, Secret: stafftest.Secret})
	s.must(err)
	s.ask("POST", "/staff", string(account), nil) // the second time she is there already
	jar, err := cookiejar.New(nil)
	s.must(err)
	c := &http.Client{Jar: jar, Timeout: patient}
	base := "http://" + s.hub.Addresses().Pages
	token := regexp.MustCompile(`name="token" value="([^"]+)"`).FindStringSubmatch(s.read(c.Get(base + "/gl/sign-in")))
	if token == nil {
		s.t.Fatal("the sign-in page has no token")
	}
	req, err := http.NewRequestWithContext(s.t.Context(), http.MethodPost, base+"/gl/sign-in",
		strings.NewReader(url.Values{"login": {"sheng"}, "password": {password}, "code": {stafftest.Code(s.t, s.hub.DB(), "sheng")}, "token": {token[1]}}.Encode()))
	s.must(err)
	req.Header.Set("Content-Type", "application/x-www-form-urlencoded")
	req.Header.Set("Origin", base)
	if text := s.read(c.Do(req)); !strings.Contains(text, "邓志远") {
		s.t.Fatalf("she is not let in: %.300s", text)
	}
	return c, base
}
