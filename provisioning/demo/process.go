package demo

import (
	"context"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"runtime"
	"sync"
	"syscall"
	"time"
)

// Process is one shipped program run as a child and kept running. NewProcess
// makes one.
type Process struct {
	Name string   // "hub", "box", "emulators", "cashier"
	Path string   // of the executable
	Args []string // without the program's name
	Log  string   // file that its standard output and error are added to
	// Changed is called, from the process's own goroutine, whenever State
	// answers differently. It must not block.
	Changed func()

	mu    sync.Mutex // guards state
	state State
	want  chan command
}

// NewProcess describes a program; Run starts it. Its output goes to the file log.
func NewProcess(name, path, log string, changed func(), args ...string) *Process {
	return &Process{Name: name, Path: path, Args: args, Log: log, Changed: changed, want: make(chan command, 8)}
}

// State is what a person is told about a process.
type State struct {
	PID     int  // 0 when it does not run
	Held    bool // stopped by a person; it is not started again until asked
	Starts  int  // how often it has been started
	LastErr string
}

type command int

const (
	start command = iota
	stop
	kill
)

// Pauses between a death and the next start grow from the first to the last.
var restartPauses = []time.Duration{500 * time.Millisecond, time.Second, 2 * time.Second, 5 * time.Second}

// stopWithin is how long a program may take to close its stores in order.
const stopWithin = 15 * time.Second

// State returns the present state.
func (p *Process) State() State {
	p.mu.Lock()
	defer p.mu.Unlock()
	return p.state
}

// Start lets a held process run again; Stop asks it to end in order and holds
// it; Kill ends it as a power cut would, and it is started again.
func (p *Process) Start() { p.want <- start }

// Stop asks the process to end in order and holds it.
func (p *Process) Stop() { p.want <- stop }

// Kill sends SIGKILL; the process is started again.
func (p *Process) Kill() { p.want <- kill }

// Run starts the process and keeps it running until ctx ends, then stops it in
// order. One goroutine, locked to its thread, owns the child: the kernel ends
// a child with the thread that started it, so no child outlives us.
func (p *Process) Run(ctx context.Context) error {
	runtime.LockOSThread()
	defer runtime.UnlockOSThread()
	deaths := 0
	for {
		child, err := p.launch()
		if err != nil {
			return err
		}
		began := time.Now()
		held, done := p.watch(ctx, child)
		if done {
			return nil
		}
		if held {
			if !p.waitForStart(ctx) {
				return nil
			}
			deaths = 0
			continue
		}
		if time.Since(began) > 20*time.Second {
			deaths = 0
		}
		pause := time.NewTimer(restartPauses[min(deaths, len(restartPauses)-1)])
		deaths++
		select {
		case <-ctx.Done():
			pause.Stop()
			return nil
		case <-pause.C:
		case c := <-p.want:
			pause.Stop()
			if c == stop && !p.hold(ctx) {
				return nil
			}
		}
	}
}

func (p *Process) hold(ctx context.Context) bool {
	p.set(func(s *State) { s.Held = true })
	return p.waitForStart(ctx)
}

type child struct {
	cmd  *exec.Cmd
	gone chan error
}

func (p *Process) launch() (child, error) {
	log, err := os.OpenFile(p.Log, os.O_CREATE|os.O_WRONLY|os.O_APPEND, 0o600)
	if err != nil {
		return child{}, fmt.Errorf("demo: log of %s: %w", p.Name, err)
	}
	defer log.Close()
	cmd := exec.Command(p.Path, p.Args...)
	cmd.Stdout, cmd.Stderr = log, log
	// A group of its own: Ctrl-C reaches us alone, and we stop the children in order.
	cmd.SysProcAttr = &syscall.SysProcAttr{Setpgid: true, Pdeathsig: syscall.SIGTERM}
	if err := cmd.Start(); err != nil {
		return child{}, fmt.Errorf("demo: start %s: %w", p.Name, err)
	}
	p.set(func(s *State) { s.PID, s.Held = cmd.Process.Pid, false; s.Starts++ })
	c := child{cmd: cmd, gone: make(chan error, 1)}
	go func() { c.gone <- cmd.Wait() }()
	return c, nil
}

// watch follows a child until it is gone. held: a person stopped it; done: ctx ended.
func (p *Process) watch(ctx context.Context, c child) (held, done bool) {
	over := ctx.Done()
	var deadline <-chan time.Time
	end := func(sig syscall.Signal) {
		if err := c.cmd.Process.Signal(sig); err != nil && !errors.Is(err, os.ErrProcessDone) {
			p.set(func(s *State) { s.LastErr = err.Error() })
		}
	}
	for {
		select {
		case <-over:
			over, done = nil, true
			end(syscall.SIGTERM)
			deadline = time.After(stopWithin)
		case c := <-p.want:
			switch c {
			case stop:
				held = true
				end(syscall.SIGTERM)
				deadline = time.After(stopWithin)
			case kill:
				end(syscall.SIGKILL)
			case start:
				held = false
			}
		case <-deadline:
			end(syscall.SIGKILL)
		case err := <-c.gone:
			p.set(func(s *State) {
				s.PID, s.Held, s.LastErr = 0, held, ""
				if err != nil && !held && !done {
					s.LastErr = err.Error()
				}
			})
			return held, done
		}
	}
}

func (p *Process) waitForStart(ctx context.Context) bool {
	for {
		select {
		case <-ctx.Done():
			return false
		case c := <-p.want:
			if c == start {
				return true
			}
		}
	}
}

func (p *Process) set(change func(*State)) {
	p.mu.Lock()
	before := p.state
	change(&p.state)
	changed := before != p.state
	p.mu.Unlock()
	if changed && p.Changed != nil {
		p.Changed()
	}
}
