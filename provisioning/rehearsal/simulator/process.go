package simulator

import (
	"bufio"
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"os"
	"os/exec"
	"strings"
	"syscall"
	"time"
)

// process is one child. It may be started again after it has ended.
type process struct {
	part  string
	log   string // file that its log is added to
	lines func(words []string)

	cmd  *exec.Cmd
	said chan struct{} // closed when all that it said has been heard
	gone chan error
}

// start starts the child with its order.
func (p *process) start(order any) error {
	in, err := json.Marshal(order)
	if err != nil {
		return err
	}
	log, err := os.OpenFile(p.log, os.O_CREATE|os.O_WRONLY|os.O_APPEND, 0o600)
	if err != nil {
		return err
	}
	defer log.Close()
	self, err := os.Executable()
	if err != nil {
		return err
	}
	cmd := exec.Command(self)
	// It lives for a second or two: nothing is worth collecting before there is
	// much of it.
	cmd.Env = append(os.Environ(), envChild+"="+p.part, "GOGC=off", "GOMEMLIMIT=192MiB")
	cmd.Stdin, cmd.Stderr = bytes.NewReader(in), log
	cmd.SysProcAttr = &syscall.SysProcAttr{Setpgid: true, Pdeathsig: syscall.SIGKILL}
	out, err := cmd.StdoutPipe()
	if err != nil {
		return err
	}
	if err := cmd.Start(); err != nil {
		return err
	}
	p.cmd, p.said, p.gone = cmd, make(chan struct{}), make(chan error, 1)
	go p.hear(out)
	go func() {
		<-p.said // Wait closes the pipe
		p.gone <- cmd.Wait()
	}()
	return nil
}

// hear hands on each whole line; what a power cut broke off was never said.
func (p *process) hear(out io.Reader) {
	defer close(p.said)
	r := bufio.NewReader(out)
	for {
		line, err := r.ReadString('\n')
		if err != nil {
			return
		}
		if p.lines != nil {
			p.lines(strings.Fields(line))
		}
	}
}

func (p *process) running() bool { return p.cmd != nil }

func (p *process) signal(s syscall.Signal) error {
	if err := syscall.Kill(p.cmd.Process.Pid, s); err != nil && !errors.Is(err, syscall.ESRCH) {
		return err
	}
	return nil
}

// kill is the power cut; when it returns, all that was said has been heard.
func (p *process) kill() error {
	if !p.running() {
		return nil
	}
	err := p.signal(syscall.SIGKILL)
	ended := <-p.gone
	p.cmd = nil
	var exit *exec.ExitError
	if errors.As(ended, &exit) && exit.ExitCode() >= 0 {
		return errors.Join(err, fmt.Errorf("%s had ended by itself: %w", p.part, ended))
	}
	return err
}

// stop ends it in order.
func (p *process) stop() error {
	if !p.running() {
		return nil
	}
	if err := p.signal(syscall.SIGTERM); err != nil {
		return err
	}
	select {
	case err := <-p.gone:
		p.cmd = nil
		if err != nil {
			return fmt.Errorf("%s: %w", p.part, err)
		}
		return nil
	case <-time.After(rigWait):
		return errors.Join(fmt.Errorf("%s does not end", p.part), p.kill())
	}
}

// dead reports that it ended by itself.
func (p *process) dead() error {
	if !p.running() {
		return nil
	}
	select {
	case err := <-p.gone:
		p.gone <- err
		return fmt.Errorf("%s ended by itself: %v", p.part, err)
	default:
		return nil
	}
}
