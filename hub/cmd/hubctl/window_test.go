package main

import (
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	rules "zhunkao/protocol/campaign"
	"zhunkao/protocol/window"
)

// revised makes a version by `hubctl window` and reads it back.
func revised(t *testing.T, args ...string) (rules.Campaign, string) {
	t.Helper()
	out := filepath.Join(t.TempDir(), "next.json")
	status, said, errs := ctl(t, append([]string{"window", args[0], "--lang=zh", "--out", out}, args[1:]...)...)
	if status != 0 {
		t.Fatalf("%v: status %d\n%s%s", args, status, said, errs)
	}
	raw, err := os.ReadFile(out)
	if err != nil {
		t.Fatal(err)
	}
	c, err := rules.Decode(raw)
	if err != nil {
		t.Fatal(err)
	}
	if problems := c.Validate(); len(problems) > 0 {
		t.Fatal(problems)
	}
	return c, said
}

// confirms judges the confirmation of somebody whose household is where the
// point is.
func confirms(t *testing.T, c rules.Campaign, at, division, digit string) window.Verdict {
	t.Helper()
	var m moment
	if err := m.UnmarshalText([]byte(at)); err != nil {
		t.Fatal(err)
	}
	return window.Judge(c.Windows, window.Confirm, window.Subject{Division: division, Household: division, Digit: digit}, window.At(m.Time))
}

// What the province decides at short notice (demand A26) is a version that the
// same judge applies.
func TestWindowsAreMoved(t *testing.T) {
	in := []string{"--campaign", "adult-2019", "--why", "停电"}
	for _, step := range []struct {
		name   string
		args   []string
		says   string
		open   []string // moments at a point in 岳麓区, last digit 2
		closed []string
	}{
		{"extend", []string{"extend", "--to", "2019-09-13T24:00", "--now", "2019-09-11T20:00", "confirm-changsha-all"},
			"长沙市考生的现场确认截止时间由9月11日24时推迟到9月13日24时", []string{"2019-09-11T23:59", "2019-09-13T23:59"}, []string{"2019-09-13T24:00"}},
		{"postpone", []string{"postpone", "--from", "2019-09-09", "--to", "2019-09-14", "--now", "2019-08-30", "confirm-*-all"},
			"怀化市考生的现场确认开始时间由9月6日0时推迟到9月9日0时", []string{"2019-09-05T12:00", "2019-09-09"}, []string{"2019-09-08T23:59", "2019-09-14"}},
		{"withdraw", []string{"withdraw", "--now", "2019-08-30", "confirm-changsha-local"},
			"长沙市", []string{"2019-09-06"}, []string{"2019-09-03T12:00"}},
		{"suspend", []string{"suspend", "--from", "2019-09-07T10:00", "--to", "2019-09-08", "--now", "2019-09-07T09:00", "confirm-changsha-all"},
			"长沙市", []string{"2019-09-07T09:59", "2019-09-08"}, []string{"2019-09-07T10:00", "2019-09-07T23:59"}},
		{"slots", []string{"slots", "--from", "2019-09-10", "--to", "2019-09-12", "--by", "day", "--now", "2019-09-07", "confirm-changsha-all"},
			"尾号1、3、5、7、9", []string{"2019-09-09T12:00", "2019-09-10T12:00"}, []string{"2019-09-11T12:00"}},
	} {
		t.Run(step.name, func(t *testing.T) {
			c, said := revised(t, append(step.args, in...)...)
			if c.Version != 2 || !strings.Contains(said, step.says) || !strings.Contains(said, "停电") {
				t.Errorf("version %d\n%s", c.Version, said)
			}
			for _, at := range step.open {
				if v := confirms(t, c, at, "430104", "2"); v.State != window.Open {
					t.Errorf("%s: %+v", at, v)
				}
			}
			for _, at := range step.closed {
				if v := confirms(t, c, at, "430104", "2"); v.State != window.Closed {
					t.Errorf("%s: %+v", at, v)
				}
			}
			// Who is not named keeps what was.
			if v := confirms(t, c, "2019-09-11T23:59", "430302", "2"); v.State != window.Open {
				t.Errorf("湘潭: %+v", v)
			}
		})
	}
}

func TestAPauseEnds(t *testing.T) {
	paused := filepath.Join(t.TempDir(), "paused.json")
	if status, out, errs := ctl(t, "window", "suspend", "--campaign=adult-2019", "--out", paused, "--why=攻击", "--from=2019-09-07", "--now=2019-09-06", "confirm-changsha-all"); status != 0 {
		t.Fatal(out, errs)
	}
	c, _ := revised(t, "resume", "--campaign", paused, "--why", "恢复", "--at", "2019-09-08T12:00", "--now", "2019-09-08T09:00", "confirm-changsha-all")
	for at, want := range map[string]window.State{"2019-09-07T12:00": window.Closed, "2019-09-08T11:59": window.Closed, "2019-09-08T12:00": window.Open} {
		if v := confirms(t, c, at, "430104", "2"); v.State != want {
			t.Errorf("%s: %+v", at, v)
		}
	}
	if c.Version != 3 {
		t.Errorf("version %d", c.Version)
	}
}

func TestWindowsThatStay(t *testing.T) {
	out := filepath.Join(t.TempDir(), "next.json")
	extend := func(args ...string) (int, string, string) {
		return ctl(t, append([]string{"window", "extend", "--lang=zh", "--campaign=adult-2019", "--out", out}, args...)...)
	}
	for name, c := range map[string]struct {
		args   []string
		status int
		says   string
	}{
		"an end before its start": {[]string{"--why=x", "--to=2019-09-01", "--now=2019-09-03", "pay"}, 2, "结束时间应晚于开始时间"},
		"an end that is past":     {[]string{"--why=x", "--to=2019-09-05", "--now=2019-09-06", "pay"}, 2, "pay"},
		"no reason":               {[]string{"--why= ", "--to=2019-09-15", "--now=2019-09-06", "pay"}, 2, "理由"},
		"into the next window":    {[]string{"--why=x", "--to=2019-09-08", "--now=2019-09-03", "confirm-changsha-local"}, 2, "confirm-changsha-local"},
		"no such window":          {[]string{"--why=x", "--to=2019-09-15", "--now=2019-09-06", "nix-*"}, 1, "nix-*"},
		"no time":                 {[]string{"--why=x", "--to=soon", "--now=2019-09-06", "pay"}, 1, "2019-09-11T24:00"},
	} {
		status, said, errs := extend(c.args...)
		if status != c.status || !strings.Contains(said+errs, c.says) {
			t.Errorf("%s: status %d\n%s%s", name, status, said, errs)
		}
		if _, err := os.Stat(out); err == nil {
			t.Fatalf("%s: a version was written", name)
		}
	}
	if status, said, _ := ctl(t, "window", "list", "adult-2019"); status != 0 || !strings.Contains(said, "confirm-others") || !strings.Contains(said, "2019-09-12T00:00") {
		t.Errorf("status %d\n%s", status, said)
	}
}

func TestMoments(t *testing.T) {
	for text, want := range map[string]string{"2019-09-11": "2019-09-11T00:00:00+08:00", "2019-09-11T24:00": "2019-09-12T00:00:00+08:00", "2019-12-31T24:00": "2020-01-01T00:00:00+08:00", "2019-09-11T08:30": "2019-09-11T08:30:00+08:00"} {
		var m moment
		if err := m.UnmarshalText([]byte(text)); err != nil || m.Format(time.RFC3339) != want {
			t.Errorf("%s: %s, %v", text, m.Format(time.RFC3339), err)
		}
	}
	for _, text := range []string{"", "24:00", "2019-09-31", "2019-09-11T24:01", "2019-09-11T08:30T24:00", "11.9.2019"} {
		if err := new(moment).UnmarshalText([]byte(text)); err == nil {
			t.Errorf("%q was taken", text)
		}
	}
}
