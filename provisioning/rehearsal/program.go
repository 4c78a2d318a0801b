package rehearsal

import (
	"errors"
	"fmt"
	"os"
	"os/exec"
	"syscall"
	"time"
)

// program is one shipped program as a child process. It is not restarted.
type program struct {
	name string
	path string
	args []string
	env  []string // beside what this program has
	log  string

	cmd  *exec.Cmd
	gone chan error
}

func (p *program) running() bool { return p.cmd != nil }

func (p *program) start() error {
	if p.running() {
		return fmt.Errorf("%s runs already", p.name)
	}
	log, err := os.OpenFile(p.log, os.O_CREATE|os.O_WRONLY|os.O_APPEND, 0o600)
	if err != nil {
		return err
	}
	defer log.Close()
	cmd := exec.Command(p.path, p.args...)
	cmd.Stdout, cmd.Stderr = log, log
	cmd.Env = append(os.Environ(), p.env...)
	cmd.SysProcAttr = &syscall.SysProcAttr{Setpgid: true} // what it starts dies with it
	if err := cmd.Start(); err != nil {
		return fmt.Errorf("start %s: %w", p.name, err)
	}
	p.cmd, p.gone = cmd, make(chan error, 1)
	go func() { p.gone <- cmd.Wait() }()
	return nil
}

// stop asks the program to end in order; an exit status but 0 is an error.
func (p *program) stop() error {
	if !p.running() {
		return nil
	}
	if err := p.cmd.Process.Signal(syscall.SIGTERM); err != nil && !errors.Is(err, os.ErrProcessDone) {
		return err
	}
	select {
	case err := <-p.gone:
		p.cmd = nil
		if err != nil {
			return fmt.Errorf("%s ended badly: %w", p.name, err)
		}
		return nil
	case <-time.After(20 * time.Second):
		return errors.Join(fmt.Errorf("%s did not end within 20 s of being asked", p.name), p.kill())
	}
}

// kill is the power cut.
func (p *program) kill() error {
	if !p.running() {
		return nil
	}
	if err := syscall.Kill(-p.cmd.Process.Pid, syscall.SIGKILL); err != nil && !errors.Is(err, syscall.ESRCH) {
		return err
	}
	<-p.gone
	p.cmd = nil
	return nil
}

// dead reports a program that ended by itself.
func (p *program) dead() error {
	if !p.running() {
		return nil
	}
	select {
	case err := <-p.gone:
		p.gone <- err
		return fmt.Errorf("%s ended by itself (%v)", p.name, err)
	default:
		return nil
	}
}

// tail is the end of the program's log.
func (p *program) tail() string {
	b, err := os.ReadFile(p.log)
	if err != nil {
		return err.Error()
	}
	const most = 3000
	if len(b) > most {
		b = b[len(b)-most:]
	}
	return "--- " + p.name + "\n" + string(b)
}
