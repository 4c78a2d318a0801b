package voice

import (
	"context"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"log/slog"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"strings"
	"syscall"
	"time"

	"zhunkao/hw/fault"
)

// Prompt is one thing to say.
type Prompt struct {
	Name string // key of the prompt, [a-z0-9-]: the recording's name
	Lang string // "zh" or "en"
	Text string // what espeak-ng says if there is no recording
}

// Options of a Voice.
type Options struct {
	// Speaker turns text on its standard input into a wave on its standard
	// output; nil is espeak-ng. A language's voice is put behind it: -v cmn.
	Speaker []string
	// Player plays the wave on its standard input; nil is aplay -q -.
	Player []string
	// Recorded is the directory of recordings; "" means there are none.
	Recorded string
	// Limit is the longest that one prompt may take; 0 is one minute.
	Limit time.Duration
	// Log gets what changes. nil is slog.Default.
	Log *slog.Logger
}

// Voice speaks one prompt at a time.
type Voice struct {
	o    Options
	next chan Prompt // one slot: the newest prompt; an empty one is silence
	mute bool        // the last prompt could not be spoken, and that was logged
}

// speaks are espeak-ng's names of our languages.
var speaks = map[string]string{"zh": "cmn", "en": "en-gb"}

var nameForm = regexp.MustCompile(`^[a-z0-9-]{1,64}$`)

// New makes a Voice; it speaks when Run runs.
func New(o Options) *Voice {
	if len(o.Speaker) == 0 {
		o.Speaker = []string{"espeak-ng", "--stdout", "--stdin", "-s", "150"}
	}
	if len(o.Player) == 0 {
		o.Player = []string{"aplay", "-q", "-"}
	}
	if o.Limit <= 0 {
		o.Limit = time.Minute
	}
	if o.Log == nil {
		o.Log = slog.Default()
	}
	return &Voice{o: o, next: make(chan Prompt, 1)}
}

// Say speaks p instead of whatever is being said. It never blocks. A prompt
// without a name or with an unknown language is silence.
func (v *Voice) Say(p Prompt) {
	for {
		select {
		case v.next <- p:
			return
		default:
		}
		select {
		case <-v.next: // an older one that nobody has heard a word of
		default:
		}
	}
}

// Stop silences it.
func (v *Voice) Stop() { v.Say(Prompt{}) }

// Run speaks until ctx ends, and returns ctx's error. Nothing of it plays on
// after that.
func (v *Voice) Run(ctx context.Context) error {
	for {
		select {
		case <-ctx.Done():
			return ctx.Err()
		case p := <-v.next:
			v.until(ctx, p)
		}
	}
}

// until speaks p, and then what interrupted it, to the end.
func (v *Voice) until(ctx context.Context, p Prompt) {
	for {
		one, stop := context.WithTimeout(ctx, v.o.Limit)
		said := make(chan error, 1)
		go func(p Prompt) { said <- v.speak(one, p) }(p)
		select {
		case err := <-said:
			stop()
			if p.Name != "" { // silence says nothing of the programs
				v.tell(err)
			}
			return
		case p = <-v.next:
			stop()
			<-said // an interrupted prompt is no fault
		}
	}
}

// tell logs the first failure, and the return.
func (v *Voice) tell(err error) {
	switch {
	case err == nil && v.mute:
		v.o.Log.Info("the voice speaks again")
	case err != nil && !v.mute && !errors.Is(err, context.Canceled):
		v.o.Log.Warn("the voice is silent", "err", err)
	}
	v.mute = err != nil && !errors.Is(err, context.Canceled)
}

// speak plays one prompt. Errors carry fault.Absent (no such program),
// fault.Timeout, or fault.Device (it ended with an error).
func (v *Voice) speak(ctx context.Context, p Prompt) error {
	lang, known := speaks[p.Lang]
	if !known || !nameForm.MatchString(p.Name) {
		return nil
	}
	wave, err := v.recording(p)
	if err == nil {
		defer func() { _ = wave.Close() }() // read-only
		return v.pipe(ctx, wave, nil)
	}
	if !errors.Is(err, fs.ErrNotExist) {
		v.o.Log.Warn("a recording cannot be read; its text is spoken", "prompt", p.Name, "err", err)
	}
	return v.pipe(ctx, strings.NewReader(p.Text), append(append([]string(nil), v.o.Speaker...), "-v", lang))
}

func (v *Voice) recording(p Prompt) (*os.File, error) {
	if v.o.Recorded == "" {
		return nil, fs.ErrNotExist
	}
	return os.Open(filepath.Join(v.o.Recorded, p.Name+"."+p.Lang+".wav"))
}

// pipe runs in → speaker → player, or in → player if there is no speaker, and
// kills what is left of them when ctx ends.
func (v *Voice) pipe(ctx context.Context, in io.Reader, speaker []string) error {
	player := command(ctx, v.o.Player)
	player.Stdin = in
	if speaker == nil {
		return outcome(ctx, v.o.Player[0], player.Run())
	}
	source := command(ctx, speaker)
	source.Stdin = in
	wave, err := source.StdoutPipe()
	if err != nil {
		return fault.New(fault.Device, "speak", speaker[0], err)
	}
	player.Stdin = wave
	if err := source.Start(); err != nil {
		return outcome(ctx, speaker[0], err)
	}
	played := outcome(ctx, v.o.Player[0], player.Run())
	if played != nil {
		_ = source.Cancel() // nobody listens any more; it may have ended
	}
	spoken := outcome(ctx, speaker[0], source.Wait())
	if played != nil {
		return played
	}
	return spoken
}

// command is a program in a group of its own, which is killed whole: a player
// that is a script must not leave its player behind.
func command(ctx context.Context, args []string) *exec.Cmd {
	c := exec.CommandContext(ctx, args[0], args[1:]...)
	c.SysProcAttr = &syscall.SysProcAttr{Setpgid: true}
	c.Cancel = func() error { return syscall.Kill(-c.Process.Pid, syscall.SIGKILL) }
	c.WaitDelay = time.Second
	return c
}

// outcome puts a fault word on how a program ended.
func outcome(ctx context.Context, program string, err error) error {
	switch {
	case err == nil:
		return nil
	case errors.Is(ctx.Err(), context.DeadlineExceeded):
		return fault.New(fault.Timeout, "speak", program, err)
	case ctx.Err() != nil:
		return fmt.Errorf("voice: %w", ctx.Err())
	case errors.Is(err, exec.ErrNotFound), errors.Is(err, fs.ErrNotExist):
		return fault.New(fault.Absent, "speak", program, err)
	}
	return fault.New(fault.Device, "speak", program, err)
}
