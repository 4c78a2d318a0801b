package voice_test

import (
	"bytes"
	"context"
	"encoding/binary"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"math"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"sync"
	"testing"
	"time"

	"zhunkao/hw/voice"
	"zhunkao/provisioning/leak"
)

func TestMain(m *testing.M) { leak.Main(m) }

// log keeps what is logged.
type log struct {
	mu sync.Mutex // guards b
	b  bytes.Buffer
}

func (l *log) Write(p []byte) (int, error) {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.b.Write(p)
}

func (l *log) String() string {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.b.String()
}

func start(t *testing.T, o voice.Options) (*voice.Voice, *log) {
	t.Helper()
	l := &log{}
	o.Log = slog.New(slog.NewTextHandler(l, nil))
	v := voice.New(o)
	ctx, stop := context.WithCancel(context.Background())
	ended := make(chan error, 1)
	go func() { ended <- v.Run(ctx) }()
	t.Cleanup(func() {
		stop()
		if err := <-ended; !errors.Is(err, context.Canceled) {
			t.Errorf("Run: %v", err)
		}
	})
	return v, l
}

// player is a program that writes what it is to play to out, and its arrival to
// out.began.
func player(out string) []string {
	return []string{"sh", "-c", fmt.Sprintf(`touch %[1]s.began; cat > %[1]s.part && mv %[1]s.part %[1]s`, out)}
}

func read(t *testing.T, path string) []byte {
	t.Helper()
	for end := time.Now().Add(2 * time.Minute); ; time.Sleep(5 * time.Millisecond) {
		b, err := os.ReadFile(path)
		if err == nil {
			return b
		}
		if time.Now().After(end) {
			t.Fatalf("never played: %v", err)
		}
	}
}

func TestARecordingGoesBeforeTheText(t *testing.T) {
	dir := t.TempDir()
	if err := os.WriteFile(filepath.Join(dir, "found.zh.wav"), []byte("a wave"), 0o600); err != nil {
		t.Fatal(err)
	}
	out := filepath.Join(t.TempDir(), "out")
	v, _ := start(t, voice.Options{Recorded: dir, Player: player(out), Speaker: []string{"sh", "-c", `echo spoken "$@"; cat`, "sh"}})
	v.Say(voice.Prompt{Name: "found", Lang: "zh", Text: "这是您的报名信息"})
	if got := string(read(t, out)); got != "a wave" {
		t.Errorf("played %q, want the recording", got)
	}
	if err := os.Remove(out); err != nil {
		t.Fatal(err)
	}
	v.Say(voice.Prompt{Name: "found", Lang: "en", Text: "This is your application"})
	if got := string(read(t, out)); got != "spoken -v en-gb\nThis is your application" {
		t.Errorf("played %q, want the text", got)
	}
}

func TestANewPromptInterrupts(t *testing.T) {
	dir := t.TempDir()
	// A speaker that never ends the first prompt, and has a child that would
	// outlive it.
	speaker := []string{"sh", "-c", `read line; echo "$line"; if [ "$line" = long ]; then sleep 600 & echo $! > ` + dir + `/part; mv ` + dir + `/part ` + dir + `/pid; wait; fi`, "sh"}
	out := filepath.Join(dir, "out")
	v, l := start(t, voice.Options{Speaker: speaker, Player: player(out)})
	v.Say(voice.Prompt{Name: "a", Lang: "zh", Text: "long\n"})
	pid := strings.TrimSpace(string(read(t, filepath.Join(dir, "pid"))))
	v.Say(voice.Prompt{Name: "b", Lang: "zh", Text: "short\n"})
	if got := string(read(t, out)); got != "short\n" {
		t.Errorf("played %q", got)
	}
	if state, err := os.ReadFile("/proc/" + pid + "/stat"); err == nil && !bytes.Contains(state, []byte(") Z")) {
		t.Error("the interrupted speaker's child lives on")
	}
	if s := l.String(); s != "" {
		t.Errorf("an interruption is no fault, but was logged: %s", s)
	}
}

func TestStopSilences(t *testing.T) {
	dir := t.TempDir()
	out := filepath.Join(dir, "out")
	v, _ := start(t, voice.Options{Speaker: []string{"sh", "-c", "sleep 600"}, Player: player(out)})
	v.Say(voice.Prompt{Name: "a", Lang: "zh", Text: "x"})
	read(t, out+".began")
	v.Stop()
	v.Say(voice.Prompt{Name: "no such language", Lang: "fr", Text: "x"})
	if _, err := os.Stat(out); err == nil {
		t.Error("it spoke to the end")
	}
}

func TestASilentVoiceIsLoggedOnce(t *testing.T) {
	for name, o := range map[string]voice.Options{
		"no speaker":   {Speaker: []string{"/nonexistent/speaker"}, Player: []string{"cat"}},
		"no player":    {Speaker: []string{"echo"}, Player: []string{"/nonexistent/player"}},
		"player fails": {Speaker: []string{"echo"}, Player: []string{"false"}},
		"hangs":        {Speaker: []string{"sh", "-c", "sleep 600"}, Player: []string{"cat"}, Limit: 50 * time.Millisecond},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			if o.Speaker[0] == "echo" {
				o.Speaker = []string{"sh", "-c", "cat"}
			}
			v, l := start(t, o)
			for range 3 {
				v.Say(voice.Prompt{Name: "a", Lang: "zh", Text: "小心"})
				for end := time.Now().Add(2 * time.Minute); !strings.Contains(l.String(), "silent"); time.Sleep(time.Millisecond) {
					if time.Now().After(end) {
						t.Fatal("nothing was logged")
					}
				}
			}
			// Silence is spoken by no program: it mends nothing and proves nothing.
			v.Stop()
			for range 2 {
				out := l.String()
				v.Say(voice.Prompt{Name: "a", Lang: "zh", Text: "小心"})
				v.Stop()
				for end := time.Now().Add(300 * time.Millisecond); l.String() == out && time.Now().Before(end); time.Sleep(time.Millisecond) {
				}
			}
			if s := l.String(); strings.Contains(s, "speaks again") {
				t.Errorf("it speaks again, says the log:\n%s", s)
			}
			if n := strings.Count(l.String(), "silent"); n != 1 {
				t.Errorf("logged %d times:\n%s", n, l)
			}
			if strings.Contains(l.String(), "小心") {
				t.Error("what was to be said is in the log")
			}
		})
	}
}

// TestEspeak: the real speaker makes a wave that can be heard, in both
// languages, and not the same one.
func TestEspeak(t *testing.T) {
	if _, err := exec.LookPath("espeak-ng"); err != nil {
		if os.Getenv("CI") == "true" {
			t.Fatal("no espeak-ng on this machine, and CI must have it")
		}
		t.Skip("SKIPPED: no espeak-ng on this machine; no prompt was really spoken")
	}
	waves := map[string][]byte{}
	for lang, text := range map[string]string{"zh": "请把身份证放在读卡区", "en": "Please place your identity card on the reader"} {
		out := filepath.Join(t.TempDir(), "out")
		v, l := start(t, voice.Options{Player: player(out)})
		v.Say(voice.Prompt{Name: "idle", Lang: lang, Text: text})
		wave := read(t, out)
		if l.String() != "" {
			t.Errorf("%s: %s", lang, l)
		}
		seconds, level := measure(t, wave)
		if seconds < 1 || seconds > 10 || level < -30 {
			t.Errorf("%s: %.1f s at %.1f dBFS, which nobody hears", lang, seconds, level)
		}
		waves[lang] = wave
	}
	if bytes.Equal(waves["zh"], waves["en"]) {
		t.Error("both languages sound the same")
	}
}

// measure gives length and mean level of a 16-bit mono wave. espeak-ng writes
// to a pipe and so cannot fill the lengths in its header.
func measure(t *testing.T, wave []byte) (seconds, level float64) {
	t.Helper()
	if len(wave) < 44 || string(wave[:4]) != "RIFF" || string(wave[8:12]) != "WAVE" {
		t.Fatalf("no wave: % x", wave[:min(16, len(wave))])
	}
	rate := binary.LittleEndian.Uint32(wave[24:])
	samples := make([]int16, (len(wave)-44)/2)
	if err := binary.Read(bytes.NewReader(wave[44:]), binary.LittleEndian, samples); err != nil && !errors.Is(err, io.EOF) {
		t.Fatal(err)
	}
	var sum float64
	for _, s := range samples {
		sum += float64(s) * float64(s) / (1 << 30)
	}
	return float64(len(samples)) / float64(rate), 10 * math.Log10(sum/float64(len(samples)))
}
