package opening

import (
	"bufio"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"net/url"
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"strings"
	"syscall"
	"time"

	"zhunkao/protocol/democlock"
	"zhunkao/provisioning/demo"
)

// site is a hub of our own: the shipped program over a folder of made-up data, on
// free ports of loopback, in the campaign's own time.
type site struct {
	home *url.URL
	pid  int
	log  string
	stop func() error
}

// comeUp bounds how long the hub may take to listen, stopsWithin how long to end.
const (
	comeUp      = 60 * time.Second
	stopsWithin = 20 * time.Second
)

// open makes the data and starts the program hubd.
func open(ctx context.Context, hubd, dir string) (_ *site, err error) {
	data := filepath.Join(dir, "hub")
	if _, _, err := demo.Seed(ctx, data, ""); err != nil {
		return nil, err
	}
	own, cancel := context.WithCancel(context.WithoutCancel(ctx))
	ready, clocked := make(chan struct{}), make(chan error, 1)
	socket := filepath.Join(dir, "clock.sock")
	go func() {
		clocked <- democlock.Serve(own, democlock.Options{Socket: socket, State: filepath.Join(dir, "clock.json"), Start: demo.Start,
			Closes: demo.Start.Add(5 * 24 * time.Hour), Ready: func() { close(ready) }})
	}()
	defer func() {
		if err != nil {
			cancel()
		}
	}()
	select {
	case <-ready:
	case err := <-clocked:
		return nil, err
	case <-ctx.Done():
		return nil, ctx.Err()
	}
	s := &site{log: filepath.Join(dir, "hub.log")}
	log, err := os.OpenFile(s.log, os.O_CREATE|os.O_WRONLY|os.O_APPEND, 0o600)
	if err != nil {
		return nil, err
	}
	defer log.Close()
	cmd := exec.Command(hubd, "--data", data, "--listen", "127.0.0.1:0", "--door", "127.0.0.1:0", "--mqtt", "127.0.0.1:0", "--demo-clock", socket)
	cmd.Stdout, cmd.Stderr = log, log
	cmd.SysProcAttr = &syscall.SysProcAttr{Setpgid: true}
	if err := cmd.Start(); err != nil {
		return nil, fmt.Errorf("opening: start the hub: %w", err)
	}
	gone := make(chan error, 1)
	go func() { gone <- cmd.Wait() }()
	s.pid = cmd.Process.Pid
	s.stop = func() error {
		defer func() { cancel(); <-clocked }()
		if err := cmd.Process.Signal(syscall.SIGTERM); err != nil && !errors.Is(err, os.ErrProcessDone) {
			return err
		}
		t := time.NewTimer(stopsWithin)
		defer t.Stop()
		select {
		case err := <-gone:
			return err
		case <-t.C:
			return errors.Join(errors.New("opening: the hub does not end"), cmd.Process.Kill())
		}
	}
	if s.home, err = listens(ctx, s.log, gone); err != nil {
		_ = cmd.Process.Kill() // it may have ended already
		return nil, err
	}
	return s, nil
}

// listens reads from the hub's log where its pages are.
func listens(ctx context.Context, path string, gone chan error) (*url.URL, error) {
	ctx, cancel := context.WithTimeout(ctx, comeUp)
	defer cancel()
	tick := time.NewTicker(50 * time.Millisecond)
	defer tick.Stop()
	for {
		if at, ok := address(path); ok {
			return url.Parse("http://" + at)
		}
		select {
		case err := <-gone:
			return nil, fmt.Errorf("opening: the hub ended at once: %v; its log: %s", err, tail(path))
		case <-ctx.Done():
			return nil, fmt.Errorf("opening: the hub does not come up: %w; its log: %s", ctx.Err(), tail(path))
		case <-tick.C:
		}
	}
}

func address(path string) (string, bool) {
	f, err := os.Open(path)
	if err != nil {
		return "", false
	}
	defer f.Close()
	for lines := bufio.NewScanner(f); lines.Scan(); {
		var l struct{ Msg, Pages string }
		if json.Unmarshal(lines.Bytes(), &l) == nil && l.Msg == "hub is open" {
			return l.Pages, true
		}
	}
	return "", false
}

func tail(path string) string {
	b, err := os.ReadFile(path)
	if err != nil {
		return err.Error()
	}
	return string(b[max(0, len(b)-1500):])
}

// memory is what the hub holds resident, in MiB; 0 when the system does not say.
func (s *site) memory() float64 {
	b, err := os.ReadFile(fmt.Sprintf("/proc/%d/status", s.pid))
	if err != nil {
		return 0
	}
	for line := range strings.Lines(string(b)) {
		if rest, ok := strings.CutPrefix(line, "VmRSS:"); ok {
			kb, _ := strconv.Atoi(strings.Fields(rest)[0])
			return float64(kb) / 1024
		}
	}
	return 0
}

// faults counts what the hub itself has logged as an error.
func (s *site) faults() (n int, first string) {
	b, err := os.ReadFile(s.log)
	if err != nil {
		return 0, ""
	}
	for line := range strings.Lines(string(b)) {
		if strings.Contains(line, `"level":"ERROR"`) {
			if n++; first == "" {
				first = strings.TrimSpace(line)
			}
		}
	}
	return n, first
}
