package rehearsal_test

import (
	"errors"
	"fmt"
	"io"
	"net/http"
	"net/http/cookiejar"
	"net/url"
	"path/filepath"
	"regexp"
	"strconv"
	"strings"
	"testing"

	"zhunkao/hub/db"
	"zhunkao/hub/db/dbtest"
	"zhunkao/hub/fleet"
	"zhunkao/provisioning/demo"
	"zhunkao/provisioning/rehearsal"
)

// TestStoriesOfALostDatabase: connections are ended and the server is started
// anew while the hubs work.
func TestStoriesOfALostDatabase(t *testing.T) {
	own := dbtest.NewServer(t)
	playOn(t, stories(t, "away"), own, func() rehearsal.Ground { return rehearsal.Ground{Database: own.URL(t), Group: true} })
}

// restart: "database cut" ends every connection to the database, "database
// restart" has the server crash and start again.
func (s *story) restart(a []string) error {
	if err := want(a, 1, "database cut|restart"); err != nil {
		return err
	}
	switch a[0] {
	case "cut":
		d, err := db.Connect(s.ctx, s.province.Database())
		if err != nil {
			return err
		}
		err = d.Write(s.ctx, func(tx *db.Tx) error {
			_, err := tx.Exec(s.ctx, `SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = current_database() AND pid <> pg_backend_pid()`)
			return err
		})
		return errors.Join(err, d.Close())
	case "restart":
		if s.server == nil {
			return errors.New("others use this server")
		}
		return s.server.Restart(s.ctx)
	}
	return fmt.Errorf("the database cannot %s", a[0])
}

// hubsKnow waits until every hub has a box in a state.
func (s *story) hubsKnow(a []string) error {
	if err := want(a, 2, "hubs-know BOX STATE"); err != nil {
		return err
	}
	return rehearsal.Until(s.ctx, shutOutWithin, func() error { return s.statesAre(a[0], fleet.State(a[1])) })
}

func (s *story) statesAre(box string, state fleet.State) error {
	all, err := s.province.EachBoxes(s.ctx)
	if err != nil {
		return err
	}
	for i, boxes := range all {
		for _, b := range boxes {
			if b.ID == s.ids[box] && (b.State != state || b.Live.Silent && state == fleet.Active) {
				return fmt.Errorf("hub %d has box %s as %s, silent: %v", i+1, box, b.State, b.Live.Silent)
			}
		}
	}
	return nil
}

// fsck: every blob that a record names is there, asked at every hub.
func (s *story) fsck([]string) error { return s.atEach("fsck") }

// verified: the journal is whole, held against the file of each hub.
func (s *story) verified([]string) error { return s.atEach("journal", "verify") }

func (s *story) atEach(args ...string) error {
	for _, data := range s.province.Data() {
		if _, err := s.hubctlAt(data, "", args...); err != nil {
			return err
		}
	}
	return nil
}

// tokenField is the field that a form has against requests from elsewhere.
var tokenField = regexp.MustCompile(`name="token" value="([^"]+)"`)

// signIn signs somebody in at one hub; signed-in and signed-out say how another
// one takes the same browser.
func (s *story) signIn(a []string) error {
	if err := want(a, 2, "sign-in ACCOUNT HUB"); err != nil {
		return err
	}
	var who demo.Account
	for _, account := range s.province.Accounts() {
		if account.User == a[0] {
			who = account
		}
	}
	jar, err := cookiejar.New(nil)
	if err != nil {
		return err
	}
	s.clerk = &http.Client{Jar: jar, Timeout: rehearsal.Wait, CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse }}
	page, _, err := s.get(a[1], "/gl/sign-in")
	if err != nil {
		return err
	}
	token := tokenField.FindStringSubmatch(page)
	if token == nil {
		return errors.New("the sign-in form has no token")
	}
	status, err := s.post(a[1], "/gl/sign-in", url.Values{"login": {who.User}, "password": {who.Password}, "code": {who.Code()}, "token": {token[1]}})
	if err == nil && status != http.StatusSeeOther {
		err = fmt.Errorf("sign-in of %s: status %d", a[0], status)
	}
	return err
}

func (s *story) signedIn(a []string) error {
	return s.takes(a, http.StatusOK, http.StatusNotFound)
}
func (s *story) signedOut(a []string) error { return s.takes(a, http.StatusSeeOther) }

func (s *story) takes(a []string, statuses ...int) error {
	if err := want(a, 1, "signed-in|signed-out HUB"); err != nil {
		return err
	}
	_, status, err := s.get(a[0], "/gl/boxes")
	if err != nil {
		return err
	}
	for _, want := range statuses {
		if status == want {
			return nil
		}
	}
	return fmt.Errorf("hub %s answers %d", a[0], status)
}

// signOut signs out at one hub.
func (s *story) signOut(a []string) error {
	page, _, err := s.get(a[0], "/gl/boxes")
	if err != nil {
		return err
	}
	token := tokenField.FindStringSubmatch(page)
	if token == nil {
		return errors.New("no form to sign out with")
	}
	status, err := s.post(a[0], "/gl/sign-out", url.Values{"token": {token[1]}})
	if err == nil && status != http.StatusSeeOther {
		err = fmt.Errorf("sign-out: status %d", status)
	}
	return err
}

func (s *story) get(hub, path string) (string, int, error) {
	res, err := s.request(http.MethodGet, hub, path, nil)
	if err != nil {
		return "", 0, err
	}
	defer res.Body.Close()
	b, err := io.ReadAll(res.Body)
	return string(b), res.StatusCode, err
}

func (s *story) post(hub, path string, form url.Values) (int, error) {
	res, err := s.request(http.MethodPost, hub, path, form)
	if err != nil {
		return 0, err
	}
	return res.StatusCode, res.Body.Close()
}

func (s *story) request(method, hub, path string, form url.Values) (*http.Response, error) {
	n, err := strconv.Atoi(hub)
	if err != nil {
		return nil, err
	}
	base, err := s.province.Pages(n)
	if err != nil {
		return nil, err
	}
	req, err := http.NewRequestWithContext(s.ctx, method, "http://"+base+path, strings.NewReader(form.Encode()))
	if err != nil {
		return nil, err
	}
	if method == http.MethodPost {
		req.Header.Set("Content-Type", "application/x-www-form-urlencoded")
		req.Header.Set("Origin", "http://"+base)
	}
	return s.clerk.Do(req)
}

// shared: each hub has heard boxes.
func (s *story) shared([]string) error {
	return s.until(func() error {
		heard, err := s.province.Messages(s.ctx)
		if err != nil {
			return err
		}
		for i, n := range heard {
			if n == 0 {
				return fmt.Errorf("hub %d of %d heard nothing in %s", i+1, len(heard), filepath.Base(s.province.Dir))
			}
		}
		return nil
	})
}
