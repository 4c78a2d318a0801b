package main

import (
	"bytes"
	"context"
	"database/sql"
	"errors"
	"io"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/creack/pty"

	"zhunkao/hub"
	"zhunkao/hub/datadir"
	"zhunkao/hub/db"
	"zhunkao/hub/keys"
	"zhunkao/hub/staff"
)

const password = "three slow herons"

// result is what one call of hubctl said.
type result struct {
	code      int
	out, errs string
}

func call(t *testing.T, in string, args ...string) result {
	t.Helper()
	var out, errs bytes.Buffer
	code := run(t.Context(), args, strings.NewReader(in), &out, &errs, func(string) string { return "" })
	return result{code, out.String(), errs.String()}
}

func want(t *testing.T, r result, code int, said string) {
	t.Helper()
	if r.code != code || !strings.Contains(r.out+r.errs, said) {
		t.Errorf("status %d, want %d, saying %q; said:\n%s%s", r.code, code, said, r.out, r.errs)
	}
}

// shortDir leaves room for the name of a socket.
func shortDir(t *testing.T) string {
	t.Helper()
	dir, err := os.MkdirTemp("", "zkctl")
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = os.RemoveAll(dir) })
	return dir
}

func made(t *testing.T) string {
	t.Helper()
	data := filepath.Join(shortDir(t), "hub")
	want(t, call(t, password+"\n", "--data", data, "create", "--name", "first", "--display", "首位"), 0, "4/4")
	return data
}

// running starts the hub in data, with the doors that hubd opens.
func running(t *testing.T, data string) {
	t.Helper()
	h, err := hub.Open(t.Context(), hub.Config{Data: data, Listen: "127.0.0.1:0", Door: "127.0.0.1:0", MQTT: "127.0.0.1:0"})
	if err != nil {
		t.Fatal(err)
	}
	ctx, cancel := context.WithCancel(context.Background())
	ended := make(chan error, 1)
	go func() { ended <- h.Run(ctx) }()
	t.Cleanup(func() {
		cancel()
		if err := errors.Join(<-ended, h.Close()); err != nil {
			t.Errorf("hub: %v", err)
		}
	})
}

func TestCreateMakesAHubWithOneAccount(t *testing.T) {
	data := made(t)
	d := datadir.Dir(data)
	if _, err := keys.Open(d.Keys(), keys.Options{}); err != nil {
		t.Fatal(err)
	}
	database, err := db.Open(t.Context(), d.Database())
	if err != nil {
		t.Fatal(err)
	}
	defer database.Close()
	if database.Demo() {
		t.Error("a real hub is marked as a demonstration")
	}
	if err := database.Read(t.Context(), func(tx *db.Tx) error {
		as, err := staff.Accounts(t.Context(), tx, province)
		if err != nil || len(as) != 1 || as[0].Name != "first" || as[0].Role != staff.ProvinceAdmin {
			t.Errorf("accounts: %+v, %v", as, err)
		}
		return err
	}); err != nil {
		t.Fatal(err)
	}
	names, err := os.ReadDir(filepath.Dir(data))
	if err != nil || len(names) != 1 {
		t.Errorf("beside the hub lies something: %v, %v", names, err)
	}
	err = filepath.WalkDir(data, func(path string, e os.DirEntry, err error) error {
		if err != nil {
			return err
		}
		fi, err := e.Info()
		if err == nil && fi.Mode().Perm()&0o077 != 0 {
			t.Errorf("%s has mode %o", path, fi.Mode().Perm())
		}
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
}

func TestCreateRefuses(t *testing.T) {
	data := made(t)
	before, err := os.ReadFile(filepath.Join(data, "keys", "master.key"))
	if err != nil {
		t.Fatal(err)
	}
	want(t, call(t, password+"\n", "--data", data, "create", "--name", "x2", "--display", "x"), 1, "not empty")
	after, err := os.ReadFile(filepath.Join(data, "keys", "master.key"))
	if err != nil || !bytes.Equal(before, after) {
		t.Error("a refused create touched the keys")
	}
	fresh := filepath.Join(shortDir(t), "hub")
	for name, c := range map[string]struct{ in, user, said string }{
		"a common password": {"password1\n", "first", "common"},
		"no password":       {"", "first", "missing"},
		"a bad name":        {password + "\n", "First Operator", "do not fit"},
	} {
		r := call(t, c.in, "--data", fresh, "create", "--name", c.user, "--display", "x")
		want(t, r, 1, c.said)
		if names, err := os.ReadDir(filepath.Dir(fresh)); err != nil || len(names) != 0 {
			t.Errorf("%s: left behind %v, %v", name, names, err)
		}
	}
	want(t, call(t, "", "--data", data, "--lang", "zh", "create"), 1, "不是空目录")
}

// At a terminal the password is not shown, and is asked for again until it is
// good and typed twice alike.
func TestCreateAtATerminal(t *testing.T) {
	data := filepath.Join(shortDir(t), "hub")
	master, tty, err := pty.Open()
	if err != nil {
		t.Fatal("no pseudo-terminal:", err)
	}
	defer master.Close()
	var mu sync.Mutex
	var seen strings.Builder
	screen := func() string {
		mu.Lock()
		defer mu.Unlock()
		return seen.String()
	}
	go func() {
		b := make([]byte, 256)
		for {
			n, err := master.Read(b)
			mu.Lock()
			seen.Write(b[:n])
			mu.Unlock()
			if err != nil {
				return
			}
		}
	}()
	done := make(chan int, 1)
	go func() {
		done <- run(t.Context(), []string{"--data", data, "create", "--name", "first", "--display", "F"}, tty, tty, tty,
			func(string) string { return "" })
	}()
	await := func(count int, text string) {
		t.Helper()
		deadline := time.Now().Add(2 * time.Minute)
		for tick := time.NewTicker(5 * time.Millisecond); strings.Count(screen(), text) < count; <-tick.C {
			if time.Now().After(deadline) {
				t.Fatalf("never saw %q %d times in\n%s", text, count, screen())
			}
		}
	}
	typed := func(s string) {
		t.Helper()
		if _, err := io.WriteString(master, s+"\n"); err != nil {
			t.Fatal(err)
		}
	}
	await(1, "not shown")
	typed("changsha2019")
	await(2, "not shown")
	typed(password)
	await(1, "Once more")
	typed("something else")
	await(3, "not shown")
	typed(password)
	await(2, "Once more")
	typed(password)
	if code := <-done; code != 0 {
		t.Fatalf("status %d\n%s", code, screen())
	}
	if err := tty.Close(); err != nil {
		t.Fatal(err)
	}
	for _, secret := range []string{password, "changsha2019", "something else"} {
		if strings.Contains(screen(), secret) {
			t.Errorf("a password was shown")
		}
	}
}

// The same words and answers whether the hub runs or not.
func TestStaffAndPoints(t *testing.T) {
	for name, start := range map[string]func(*testing.T, string){"stopped": func(*testing.T, string) {}, "running": running} {
		t.Run(name, func(t *testing.T) {
			data := made(t)
			start(t, data)
			ctl := func(in string, args ...string) result {
				return call(t, in, append([]string{"--data", data}, args...)...)
			}
			want(t, ctl("", "point", "add", "--code", "43010201", "--name", "芙蓉区确认点"), 0, "43010201")
			want(t, ctl("", "point", "add", "--code", "43010201", "--name", "again"), 1, "taken")
			want(t, ctl("", "point", "add", "--code", "4301", "--name", "short"), 1, "eight digits")
			want(t, ctl("", "point", "add", "--code", "43019901", "--name", "no such county"), 1, "eight digits")
			want(t, ctl("", "point", "list"), 0, "芙蓉区确认点")
			add := []string{"staff", "add", "--display", "办事员", "--name"}
			want(t, ctl(password+"\n", append(add, "clerk1", "--role", "clerk", "--office", "430102", "--point", "43010201")...), 0, "clerk1")
			want(t, ctl(password+"\n", append(add, "clerk1", "--role", "clerk", "--office", "430102", "--point", "43010201")...), 1, "taken")
			want(t, ctl(password+"\n", append(add, "city", "--role", "city-operator", "--office", "430102")...), 1, "do not fit")
			want(t, ctl("12345678\n", append(add, "city", "--role", "city-operator", "--office", "430100")...), 1, "common")
			want(t, ctl("", "staff", "list"), 0, "clerk1")
			if r := ctl("", append(add, "x", "--role", "root", "--office", "430100")...); r.code == 0 {
				t.Error("an unknown role was taken")
			}
		})
	}
}

func TestStoppedAndRunning(t *testing.T) {
	data := made(t)
	ctl := func(in string, args ...string) result {
		return call(t, in, append([]string{"--data", data}, args...)...)
	}
	want(t, ctl("", "point", "add", "--code", "43010201", "--name", "P1"), 0, "added")
	want(t, ctl("", "ticket", "--point", "43010201"), 1, "start hubd first")
	want(t, ctl("", "box", "list"), 1, "start hubd first")
	want(t, ctl("", "fsck"), 0, "agree")
	want(t, ctl("", "candidate", "reindex"), 0, "made anew")
	want(t, ctl("", "journal", "verify"), 0, "whole")

	running(t, data)
	r := ctl("", "ticket", "--point", "43010201")
	want(t, r, 0, "43010201")
	if lines := strings.Split(strings.TrimSpace(r.out), "\n"); len(lines) != 2 || !strings.HasPrefix(lines[1], "zk1:") {
		t.Errorf("ticket: %q", r.out)
	}
	want(t, ctl("", "ticket", "--point", "43019999"), 1, "refuses")
	want(t, ctl("", "box", "list"), 0, "STATE")
	want(t, ctl("", "box", "freeze", "baaaaaaaaaa", "--reason", "lost"), 1, "refuses")
	want(t, ctl("baaaaaaaaab\n", "box", "revoke", "baaaaaaaaaa", "--reason", "lost"), 1, "nothing was revoked")
	want(t, ctl("", "box", "freeze", "baaaaaaaaaa", "--reason", " "), 1, "--reason")
	want(t, ctl("", "fsck"), 0, "agree")
	want(t, ctl("", "candidate", "reindex"), 0, "made anew")
	want(t, ctl("", "journal", "verify"), 0, "whole")
}

// Somebody with SQL on the database is found out by the command, with its exit
// status, and the entry is named.
func TestJournalVerifyNamesTheEntry(t *testing.T) {
	data := made(t)
	ctl := func(args ...string) result { return call(t, "", append([]string{"--data", data}, args...)...) }
	func() { // has what create wrote sealed
		h, err := hub.Open(t.Context(), hub.Config{Data: data, Listen: "127.0.0.1:0", Door: "127.0.0.1:0", MQTT: "127.0.0.1:0"})
		if err != nil {
			t.Fatal(err)
		}
		ctx, cancel := context.WithCancel(t.Context())
		ended := make(chan error, 1)
		go func() { ended <- h.Run(ctx) }()
		deadline := time.Now().Add(2 * time.Minute)
		for tick := time.NewTicker(10 * time.Millisecond); !strings.Contains(ctl("journal", "verify").out, "(0 not sealed"); <-tick.C {
			if time.Now().After(deadline) {
				t.Fatal("entries are never sealed")
			}
		}
		cancel()
		if err := errors.Join(<-ended, h.Close()); err != nil {
			t.Fatal(err)
		}
	}()
	want(t, ctl("journal", "verify"), 0, "whole")
	s, err := sql.Open("sqlite", strings.TrimPrefix(datadir.Dir(data).Database(), "sqlite:"))
	if err != nil {
		t.Fatal(err)
	}
	if _, err := s.ExecContext(t.Context(), `UPDATE journal_entry SET act = 'staff.signed-in' WHERE number = 2`); err != nil {
		t.Fatal(err)
	}
	if err := s.Close(); err != nil {
		t.Fatal(err)
	}
	want(t, ctl("journal", "verify"), 2, "altered: entry 2")
	want(t, ctl("--lang", "zh", "journal", "verify"), 2, "被改动：第 2 条")
}

func TestNoHubHere(t *testing.T) {
	dir := shortDir(t)
	for _, args := range [][]string{{"journal", "verify"}, {"fsck"}, {"staff", "list"}} {
		for _, data := range []string{filepath.Join(dir, "none"), dir} {
			want(t, call(t, "", append([]string{"--data", data}, args...)...), 1, "There is no hub")
		}
	}
	if r := call(t, "", "--help"); r.code != 0 || !strings.Contains(r.out, "journal verify") {
		t.Errorf("--help: status %d\n%s", r.code, r.out)
	}
	want(t, call(t, "", "nonsense"), 1, "unexpected argument nonsense")
}

// Every command needs to be told its hub, but those that use none.
func TestDataIsNeededByCommandsThatUseAHub(t *testing.T) {
	for _, args := range [][]string{{"create"}, {"journal", "verify"}, {"fsck"}, {"staff", "list"}, {"point", "list"}, {"box", "list"}} {
		want(t, call(t, "", args...), 1, "missing flags: --data=STRING")
	}
}

func TestEveryTextHasBothLanguages(t *testing.T) {
	for key, pair := range words {
		if pair[0] == "" || pair[1] == "" || strings.Count(pair[0], "%") != strings.Count(pair[1], "%") {
			t.Errorf("%s: %q", key, pair)
		}
	}
}
