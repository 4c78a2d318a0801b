package printertest

import (
	"crypto/rand"
	"fmt"
	"slices"
	"strings"
	"sync"
	"time"
)

// The job states (RFC 8011 §5.3.7).
const (
	pending    = 3
	processing = 5
	stopped    = 6
	canceled   = 7
	aborted    = 8
	completed  = 9
)

// Job is what the printer knows of one job.
type Job struct {
	ID       int
	Serial   int // counts all jobs ever, from 1; unlike ID never again the same
	Name     string
	User     string
	Format   string
	Copies   int
	State    int
	Reasons  []string
	Done     int // pages that are out
	Of       int // pages in all, copies counted
	At       time.Time
	Document []byte // as it came; nil if it never did, or had to make room
	Pages    []Page // of PWG raster
	Fault    string // why the document could not be read
	uuid     string
	created  int // seconds of up-time
	timer    *time.Timer
}

// Over says whether nothing more will happen to it.
func (j Job) Over() bool { return j.State >= canceled }

// Entry is one line of the diary: operation and status, nothing of a document.
type Entry struct {
	At     time.Time `json:"at"`
	Op     string    `json:"op"`
	Status string    `json:"status"` // empty: no answer
	Bytes  int       `json:"bytes"`  // of the document
}

const (
	maxJobs  = 30
	maxBytes = 64 << 20
	maxLog   = 200
)

// Printer is the printer. Its handler is Handler; Plug puts it on a line.
type Printer struct {
	mu      sync.Mutex // guards all below
	knobs   Knobs
	jobs    []*Job // oldest first
	nextID  int
	serial  int
	begun   time.Time // of this start
	uuid    string
	log     []Entry
	changed chan struct{}
	lose    func() // takes it off the line
	closed  bool
}

// New makes a healthy printer.
func New() *Printer {
	return &Printer{nextID: 1, begun: time.Now(), uuid: uuid(), changed: make(chan struct{})}
}

func uuid() string {
	var b [16]byte
	_, _ = rand.Read(b[:]) // never fails
	b[6], b[8] = b[6]&0x0f|0x40, b[8]&0x3f|0x80
	return fmt.Sprintf("urn:uuid:%x-%x-%x-%x-%x", b[:4], b[4:6], b[6:8], b[8:10], b[10:])
}

// Knobs gives how it is set.
func (p *Printer) Knobs() Knobs {
	p.mu.Lock()
	defer p.mu.Unlock()
	return p.knobs
}

// SetKnobs sets it anew. Jobs that waited for what is mended go on.
func (p *Printer) SetKnobs(k Knobs) error {
	if err := k.Check(); err != nil {
		return err
	}
	p.mu.Lock()
	defer p.mu.Unlock()
	p.knobs = k
	p.stir()
	return nil
}

// Changed gives a channel that is closed at the next change of anything.
func (p *Printer) Changed() <-chan struct{} {
	p.mu.Lock()
	defer p.mu.Unlock()
	return p.changed
}

func (p *Printer) tell() {
	close(p.changed)
	p.changed = make(chan struct{})
}

// Jobs gives the jobs, newest first. Documents and pages are shared: not to be
// written to.
func (p *Printer) Jobs() []Job {
	p.mu.Lock()
	defer p.mu.Unlock()
	var out []Job
	for _, j := range slices.Backward(p.jobs) {
		c := *j
		c.Reasons, c.timer = slices.Clone(j.Reasons), nil
		out = append(out, c)
	}
	return out
}

// Log gives the diary, oldest first.
func (p *Printer) Log() []Entry {
	p.mu.Lock()
	defer p.mu.Unlock()
	return slices.Clone(p.log)
}

func (p *Printer) note(e Entry) {
	p.mu.Lock()
	defer p.mu.Unlock()
	e.At = time.Now()
	// A box asks for the printer's state every other second: of the same question
	// and answer over and over, the diary keeps the last.
	if n := len(p.log); n > 0 && strings.HasPrefix(e.Op, "Get-") && e.Op == p.log[n-1].Op && e.Status == p.log[n-1].Status {
		p.log[n-1].At = e.At
		return
	}
	p.log = append(p.log, e)
	if len(p.log) > maxLog {
		p.log = slices.Delete(p.log, 0, len(p.log)-maxLog)
	}
	p.tell()
}

// Restart is a power cut: jobs are gone, and numbers begin again from 1. What is
// on paper stays to be seen.
func (p *Printer) Restart() {
	p.mu.Lock()
	defer p.mu.Unlock()
	for _, j := range p.jobs {
		j.halt()
		if !j.Over() {
			j.State, j.Reasons = aborted, []string{"aborted-by-system"}
		}
		j.ID = 0
	}
	p.nextID, p.begun = 1, time.Now()
	p.tell()
}

// Clear takes the sheets away: jobs that are over are forgotten.
func (p *Printer) Clear() {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.jobs = slices.DeleteFunc(p.jobs, func(j *Job) bool { return j.Over() })
	p.tell()
}

// Close stops all jobs where they are.
func (p *Printer) Close() {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.closed = true
	for _, j := range p.jobs {
		j.halt()
	}
}

func (j *Job) halt() {
	if j.timer != nil {
		j.timer.Stop()
		j.timer = nil
	}
}

func (p *Printer) upTime() int { return int(time.Since(p.begun)/time.Second) + 1 }

// find gives a job by its number.
func (p *Printer) find(id int) *Job {
	for _, j := range p.jobs {
		if j.ID == id && id != 0 {
			return j
		}
	}
	return nil
}

// active gives the job that is under way.
func (p *Printer) active() *Job {
	for _, j := range p.jobs {
		if !j.Over() {
			return j
		}
	}
	return nil
}

// create makes a job, and room for it.
func (p *Printer) create(name, user string, copies int) *Job {
	p.serial++
	j := &Job{ID: p.nextID, Serial: p.serial, Name: name, User: user, Copies: max(copies, 1), State: pending, Reasons: []string{"job-incoming"},
		At: time.Now(), uuid: uuid(), created: p.upTime()}
	p.nextID++
	p.jobs = append(p.jobs, j)
	if len(p.jobs) > maxJobs {
		p.jobs[0].halt()
		p.jobs = slices.Delete(p.jobs, 0, 1)
	}
	p.tell()
	return j
}

// take gives a job its document, and starts it.
func (p *Printer) take(j *Job, format string, doc []byte, pages []Page, count int) {
	j.Format, j.Document, j.Pages, j.Of = format, doc, pages, count*j.Copies
	held := 0
	for _, older := range slices.Backward(p.jobs) {
		held += len(older.Document)
		for _, page := range older.Pages {
			held += len(page.PNG)
		}
		if held > maxBytes && older != j {
			older.Document, older.Pages = nil, nil
		}
	}
	j.State, j.Reasons = processing, []string{"job-printing"}
	if p.knobs.Abort {
		j.State, j.Reasons = aborted, []string{"aborted-by-system"}
	}
	p.stir()
}

// stir looks at what the jobs can do now. Called with the lock held, after any
// change.
func (p *Printer) stir() {
	for _, j := range p.jobs {
		switch {
		case p.closed || j.State != processing && j.State != stopped:
		case p.knobs.holds():
			j.halt()
			j.State, j.Reasons = stopped, []string{"printer-stopped"}
		default:
			j.State, j.Reasons = processing, []string{"job-printing"}
			if j.timer == nil {
				j.timer = time.AfterFunc(p.knobs.page(), func() { p.pageOut(j) })
			}
		}
	}
	p.tell()
}

// pageOut is one more page on the tray.
func (p *Printer) pageOut(j *Job) {
	p.mu.Lock()
	defer p.mu.Unlock()
	if j.timer == nil || j.State != processing || p.closed {
		return
	}
	j.timer = nil
	if p.knobs.LoseMid && p.lose != nil {
		p.knobs.LoseMid = false
		go p.lose() // it takes the lock
	}
	if p.knobs.Stuck {
		p.tell()
		return
	}
	if j.Done < j.Of {
		j.Done++
	}
	if j.Done >= j.Of {
		j.State = completed
		switch {
		case p.knobs.Errors:
			j.Reasons = []string{"job-completed-with-errors"}
		case p.knobs.Warnings:
			j.Reasons = []string{"job-completed-with-warnings"}
		case p.knobs.Mute:
			j.Reasons = []string{"none"}
		default:
			j.Reasons = []string{"job-completed-successfully"}
		}
	}
	p.stir()
}

// cancel ends a job; false if it cannot be.
func (p *Printer) cancel(j *Job) bool {
	if j.Over() {
		return false
	}
	if p.knobs.Stuck {
		return true // it says so, and nothing happens
	}
	j.halt()
	j.State, j.Reasons = canceled, []string{"job-canceled-by-user"}
	p.tell()
	return true
}
