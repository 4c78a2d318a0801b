package browser

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"net/url"
	"os"
	"path/filepath"
	"runtime"
	"strings"
	"sync"
	"time"
)

// Options of a Browser.
type Options struct {
	// Program is Chromium itself, not the distribution's shell script around
	// it: /usr/lib/chromium/chromium on Debian. Required.
	Program string
	// Args are added to Arguments: the platform, say --ozone-platform=wayland.
	Args []string
	// Screen is the address of the page without a path, http://127.0.0.1:8602.
	// Required.
	Screen string
	// Profiles is the directory of the profiles, with a path of at most 40
	// bytes. What an earlier run left there is removed. Required.
	Profiles string
	// Busy says that somebody is in the middle of a visit. nil: nobody ever is.
	Busy func() bool
	// Tell hears what happens. It must not block. May be nil.
	Tell func(Event)
	// StartLimit is the longest time to the first beat; 0 is 60 s: a cold start
	// on a small board.
	StartLimit time.Duration
	// BeatLimit is the longest time between beats; 0 is 4 s. The page beats
	// each second.
	BeatLimit time.Duration
	// MaxPause is the longest pause between starts that fail; 0 is 15 s.
	MaxPause time.Duration
	// Log gets what changes. nil is slog.Default.
	Log *slog.Logger
}

// Event is what a Browser tells.
type Event uint8

// The events.
const (
	EventUp   Event = iota + 1 // the page is drawn, for the first time or again
	EventDown                  // the screen died, hangs, or does not come up
)

// Browser keeps one browser on the screen.
type Browser struct {
	o     Options
	fresh chan struct{} // one slot: a visit ended
	beats chan string   // tokens of screens that beat

	mu     sync.Mutex // guards tokens
	tokens map[string]bool
}

// maxProfiles bounds the length of Options.Profiles: below it Chromium makes a
// Unix socket, t/org.chromium.Chromium.abcdef/SingletonSocket, whose path may
// have 107 bytes; with a longer one it ends at once.
const maxProfiles = 40

// prefix marks the directories that are ours to remove.
const prefix = "screen-"

// New checks the options and makes an idle Browser.
func New(o Options) (*Browser, error) {
	u, err := url.Parse(o.Screen)
	switch {
	case o.Program == "":
		return nil, errors.New("browser: no program named")
	case err != nil || u.Host == "" || u.Path != "" && u.Path != "/":
		return nil, fmt.Errorf("browser: %q is no address of a screen", o.Screen)
	case o.Profiles == "":
		return nil, errors.New("browser: no directory for profiles named")
	}
	if o.Profiles, err = filepath.Abs(o.Profiles); err != nil {
		return nil, fmt.Errorf("browser: %w", err)
	}
	if len(o.Profiles) > maxProfiles {
		return nil, fmt.Errorf("browser: the path of the profiles has %d bytes and may have %d: choose a shorter one, say /run/zhunkao", len(o.Profiles), maxProfiles)
	}
	o.Screen = strings.TrimSuffix(o.Screen, "/")
	o.StartLimit = orElse(o.StartLimit, 60*time.Second)
	o.BeatLimit = orElse(o.BeatLimit, 4*time.Second)
	o.MaxPause = orElse(o.MaxPause, 15*time.Second)
	if o.Log == nil {
		o.Log = slog.Default()
	}
	return &Browser{o: o, fresh: make(chan struct{}, 1), beats: make(chan string, 4), tokens: map[string]bool{}}, nil
}

func orElse(d, otherwise time.Duration) time.Duration {
	if d <= 0 {
		return otherwise
	}
	return d
}

// Fresh says that a visit ended: the next one begins in a fresh profile. It
// never blocks.
func (b *Browser) Fresh() {
	select {
	case b.fresh <- struct{}{}:
	default: // one is asked for already
	}
}

// Run keeps a browser on the screen until ctx ends, and returns ctx's error; or
// an error if the directory of the profiles cannot be used. It must not run
// twice at once.
func (b *Browser) Run(ctx context.Context) error {
	if err := sweep(b.o.Profiles); err != nil {
		return err
	}
	// The browser dies with the thread that started it (Pdeathsig), so that
	// thread is ours until the end.
	runtime.LockOSThread()
	defer runtime.UnlockOSThread()
	s := &stage{Browser: b, ended: make(chan struct{}, 1)}
	defer s.clear()
	tick := time.NewTicker(min(b.o.BeatLimit/4, time.Second))
	defer tick.Stop()
	for {
		s.look(time.Now())
		select {
		case <-ctx.Done():
			return ctx.Err()
		case <-b.fresh:
			s.prepare()
		case token := <-b.beats:
			s.beat(token)
		case <-s.ended:
		case <-tick.C:
		}
	}
}

// sweep makes the directory and removes what an earlier run left in it.
func sweep(dir string) error {
	if err := os.MkdirAll(dir, 0o700); err != nil {
		return fmt.Errorf("browser: %w", err)
	}
	left, err := filepath.Glob(filepath.Join(dir, prefix+"*"))
	if err != nil {
		return fmt.Errorf("browser: %w", err)
	}
	for _, path := range left {
		if err := os.RemoveAll(path); err != nil {
			return fmt.Errorf("browser: a profile cannot be removed: %w", err)
		}
	}
	return nil
}
