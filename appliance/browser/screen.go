package browser

import (
	"crypto/rand"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"syscall"
	"time"
)

// screen is one running browser.
type screen struct {
	token string
	dir   string
	cmd   *exec.Cmd
	done  chan struct{} // closed when the process was waited for
	began time.Time
	last  time.Time // of the newest beat
	beats int
}

// fresh: it has drawn nothing yet, so nobody can have used it.
func (c *screen) fresh() bool { return c.beats == 0 }

// exited: the process is gone.
func (c *screen) exited() bool {
	select {
	case <-c.done:
		return true
	default:
		return false
	}
}

// start starts a screen; nil if that failed, which is logged.
func (s *stage) start() *screen {
	c := &screen{token: rand.Text(), began: time.Now(), done: make(chan struct{})}
	var err error
	if c.dir, err = os.MkdirTemp(s.o.Profiles, prefix); err != nil {
		s.o.Log.Error("no profile for the browser", "err", err)
		return nil
	}
	tmp := filepath.Join(c.dir, "t")
	if err = os.Mkdir(tmp, 0o700); err == nil {
		s.remember(c.token)
		c.cmd = exec.Command(s.o.Program, append(Arguments(filepath.Join(c.dir, "profile"), s.o.Screen+startPath+c.token), s.o.Args...)...)
		c.cmd.Env = environment(c.dir, tmp)
		c.cmd.Dir = c.dir
		c.cmd.SysProcAttr = &syscall.SysProcAttr{Setpgid: true, Pdeathsig: syscall.SIGKILL}
		err = c.cmd.Start()
	}
	if err != nil {
		s.o.Log.Error("the browser cannot be started", "err", err)
		s.forget(c.token)
		s.left = append(s.left, c.dir)
		return nil
	}
	go func() {
		_ = c.cmd.Wait() // how it ended makes no difference: it is replaced
		close(c.done)
		select {
		case s.ended <- struct{}{}:
		default: // Run is about to look anyway
		}
	}()
	return c
}

// end kills the browser with all its processes and waits.
func (c *screen) end() {
	// The group is its own; it may be gone already.
	_ = syscall.Kill(-c.cmd.Process.Pid, syscall.SIGKILL)
	<-c.done
}

// passed are the variables that the browser gets from us: where the display
// is, and no more.
var passed = []string{"PATH", "DISPLAY", "WAYLAND_DISPLAY", "XDG_RUNTIME_DIR", "LD_LIBRARY_PATH", "FONTCONFIG_FILE"}

// environment puts everything the browser writes by itself under dir.
func environment(dir, tmp string) []string {
	env := []string{"HOME=" + dir, "TMPDIR=" + tmp, "XDG_CONFIG_HOME=" + dir, "XDG_CACHE_HOME=" + dir, "XDG_DATA_HOME=" + dir,
		"LANG=C.UTF-8", "GOOGLE_API_KEY=no", "GOOGLE_DEFAULT_CLIENT_ID=no", "GOOGLE_DEFAULT_CLIENT_SECRET=no"}
	for _, name := range passed {
		if v, ok := os.LookupEnv(name); ok {
			env = append(env, name+"="+v)
		}
	}
	return env
}

// Arguments are the command line that makes Chromium a kiosk: one page, nothing
// kept, nothing fetched, no bar, no menu, no dialogue. What only a policy can
// forbid stands in Policy. The zoom of two fingers and the way back by a swipe
// go as well.
func Arguments(profile, page string) []string {
	return []string{
		"--kiosk", "--app=" + page, "--incognito", "--user-data-dir=" + profile, fmt.Sprintf("--disk-cache-size=%d", 1),
		"--no-first-run", "--no-default-browser-check", "--noerrdialogs", "--hide-crash-restore-bubble",
		"--disable-search-engine-choice-screen", "--disable-prompt-on-repost", "--disable-notifications",
		"--password-store=basic", "--no-proxy-server", "--deny-permission-prompts", "--no-pings",
		"--disable-background-networking", "--disable-component-update", "--disable-default-apps", "--disable-sync",
		"--disable-extensions", "--disable-component-extensions-with-background-pages", "--disable-print-preview",
		"--disable-speech-api", "--disable-breakpad", "--disable-domain-reliability", "--disable-quic",
		"--disable-pinch", "--overscroll-history-navigation=0", "--disable-hang-monitor",
		"--disable-features=Translate,LensOverlay,DialMediaRouteProvider",
	}
}
