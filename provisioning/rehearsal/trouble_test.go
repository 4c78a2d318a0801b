package rehearsal_test

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"net/http"
	"net/url"
	"path/filepath"
	"strings"
	"testing"
	"time"

	mqtt "github.com/eclipse/paho.mqtt.golang"
	"golang.org/x/sys/unix"

	"zhunkao/hub/fleet"
	"zhunkao/hw/keystore"
	"zhunkao/provisioning/rehearsal"
)

// mayMount reports whether a disk of a given size can be had here. Where it
// cannot, the story that wants one says so and ends.
func mayMount(t *testing.T) bool {
	at := t.TempDir()
	if err := unix.Mount("tmpfs", at, "tmpfs", 0, "size=1m"); err != nil {
		t.Logf("no disk can be mounted (%v): the story of the full disk was NOT played", err)
		return false
	}
	if err := unix.Unmount(at, 0); err != nil {
		t.Error(err)
	}
	return true
}

// shutOutWithin is how long a revoked box may still be heard (demand S20).
const shutOutWithin = 60 * time.Second

// revoke has the operator revoke a box while a thief with its keys is
// connected.
func (s *story) revoke(a []string) error {
	t, err := s.rob(a[0])
	if err != nil {
		return err
	}
	s.thief = t
	if _, err := s.hubctl("", "box", "revoke", s.ids[a[0]], "--reason", "stolen", "--yes"); err != nil {
		return err
	}
	t.revoked = time.Now()
	return nil
}

// shutOut: the thief's live session ends and he is not let in again. A broker
// that others run knows nothing of that, and each hub itself hears him no more.
func (s *story) shutOut(a []string) error {
	t := s.thief
	if t == nil {
		return errors.New("nobody has been revoked")
	}
	if s.province.Group() {
		return rehearsal.Until(s.ctx, time.Until(t.revoked.Add(shutOutWithin)), func() error { return s.statesAre(a[0], fleet.Revoked) })
	}
	select {
	case <-t.lost:
	case <-time.After(time.Until(t.revoked.Add(shutOutWithin))):
		return fmt.Errorf("his session still lives after %s", shutOutWithin)
	}
	keys, err := keystore.OpenFile(t.keys)
	if err != nil {
		return err
	}
	if err := t.connect(s.ctx, keys); err == nil {
		return errors.New("he was let in again")
	}
	return nil
}

// lose notes the end of the thief's connection.
func (t *thief) lose(mqtt.Client, error) {
	select {
	case t.lost <- struct{}{}:
	default:
	}
}

// hostile is what somebody writes who wants a line of his own in a log.
const hostile = "甲\r\n{\"level\":\"INFO\",\"msg\":\"forged\"}\n\x1b[2J\x1b]0;forged\x07"

// forge says hostile text wherever a stranger may say anything, and wants every
// line of the logs to be a line of ours (demand S17).
func (s *story) forge(a []string) error {
	b, err := s.at(a[0])
	if err != nil {
		return err
	}
	c, err := s.person("stranger")
	if err != nil {
		return err
	}
	c.Card.Name = "甲\r\n{}\x1b[2J\x07" // a chip has room for 15 units of UTF-16, and here for 35
	c.Card.Address = "甲\r\n{\"msg\":\"forged\"}\x1b[2J"
	if err := b.Place(c.Card); err != nil {
		return err
	}
	if _, err := b.Person.Sees(s.ctx, "refused", "unreadable"); err != nil {
		return err
	}
	b.Lift()
	t, err := s.rob(a[0])
	if err != nil {
		return err
	}
	defer t.client.Disconnect(100)
	if err := t.send([]byte(hostile)); err != nil {
		return err
	}
	for _, target := range []string{
		"http://" + s.province.HubAddr() + "/gl/" + url.PathEscape(hostile),
		"http://" + s.province.HubAddr() + "/gl/boxes?" + url.Values{"q": {hostile}}.Encode(),
		"http://" + b.Person.Addr + "/" + url.PathEscape(hostile),
	} {
		req, err := http.NewRequestWithContext(s.ctx, http.MethodGet, target, nil)
		if err != nil {
			return err
		}
		req.Header.Set("User-Agent", `x {"msg":"forged"}`)
		req.Header.Set("X-Forwarded-For", `{"msg":"forged"}`)
		if err := s.ask(req); err != nil {
			return err
		}
	}
	form := url.Values{"login": {hostile}, "password": {hostile}}
	req, err := http.NewRequestWithContext(s.ctx, http.MethodPost, "http://"+s.province.HubAddr()+"/gl/sign-in", strings.NewReader(form.Encode()))
	if err != nil {
		return err
	}
	req.Header.Set("Content-Type", "application/x-www-form-urlencoded")
	if err := s.ask(req); err != nil {
		return err
	}
	return s.ownLines()
}

func (s *story) ask(req *http.Request) error {
	res, err := http.DefaultClient.Do(req)
	if err != nil {
		return err
	}
	if res.StatusCode >= http.StatusInternalServerError {
		err = fmt.Errorf("a hostile request was answered %s", res.Status)
	}
	return errors.Join(err, res.Body.Close())
}

// ownLines: each line of each log is one JSON object of ours, or a sentence
// that begins with the program's name, and none holds a control character.
func (s *story) ownLines() error {
	logs, err := s.province.LogFiles()
	if err != nil {
		return err
	}
	for path, text := range logs {
		name := filepath.Base(path)
		for line := range bytes.Lines(text) {
			line = bytes.TrimSuffix(line, []byte("\n"))
			if i := bytes.IndexFunc(line, func(r rune) bool { return r < ' ' || r == 0x7f }); i >= 0 {
				return fmt.Errorf("%s: a control character in a line", name)
			}
			var entry struct {
				Time, Level, Msg string
			}
			switch err := json.Unmarshal(line, &entry); {
			case err == nil && entry.Msg == "forged":
				return fmt.Errorf("%s: a stranger wrote a line of his own", name)
			case err == nil && entry.Time != "" && entry.Level != "" && entry.Msg != "":
			case bytes.HasPrefix(line, []byte("kioskd: ")), bytes.HasPrefix(line, []byte("hubd: ")):
			default:
				return fmt.Errorf("%s: a line that is not ours: %.80q", name, line)
			}
		}
	}
	return nil
}
