package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"strings"

	"github.com/alecthomas/kong"

	"zhunkao/hub/datadir"
	"zhunkao/hub/db"
	"zhunkao/hub/keys"
)

// commands are the flags and commands. One that uses no hub, or a group of
// such, is tagged hub:"none"; all others need --data.
type commands struct {
	Data     string `type:"path" env:"HUBD_DATA" help:"Data directory of the hub; needed by every command that uses one."`
	Database string `env:"HUBD_DATABASE" help:"sqlite:PATH or postgres://…; SQLite in the data directory by default. Better in the environment, for it can hold a password."`
	Lang     string `enum:"zh,en," default:"" help:"Language of what is said: zh or en; by LANG when left out."`

	Create  create `cmd:"" help:"Make a fresh hub: keys, database, divisions, the campaign, and the first operator."`
	Ticket  ticket `cmd:"" help:"Issue an enrolment ticket for a box at a point (hub running)."`
	Box     boxes  `cmd:"" help:"List boxes, freeze, release or revoke one (hub running)."`
	Journal struct {
		Verify verify `cmd:"" help:"Check the whole journal against keys and checkpoints; at any time."`
	} `cmd:"" help:"The journal."`
	Fsck      fsck        `cmd:"" help:"Hold records and blobs against each other."`
	Candidate candidates  `cmd:"" help:"What candidates are looked up by."`
	Progress  counters    `cmd:"" help:"The counters of registrations and confirmations."`
	Card      cards       `cmd:"" help:"Print sign-in cards for the candidates of a point (hub running)."`
	Printer   printers    `cmd:"" help:"Printers of offices, to which they send exam papers. Only here is said where one is."`
	Stick     importStick `cmd:"" name:"import-stick" help:"Take the records on a box's stick, hub running or not. What is here already stays as it is."`
	Held      aside       `cmd:"" help:"What was set aside: the records that the hub did not take."`
	Slip      slips       `cmd:"" help:"Payment slips, the signed codes on the sheets of boxes that were alone."`
	Retire    retire      `cmd:"" help:"Take the signed last word of an emptied box, check that nothing of it is missing, and shut it out for good (hub running)."`
	Backup    backups     `cmd:"" help:"Backups: what is in one, boxes need not keep."`
	Staff     people      `cmd:"" help:"Add or list accounts."`
	Point     points      `cmd:"" help:"Add or list points."`

	ID   identities `cmd:"" name:"id" hub:"none" help:"Numbers of identity documents; no hub is needed."`
	Name names      `cmd:"" hub:"none" help:"Names of persons; no hub is needed."`

	Campaign  campaigns    `cmd:"" help:"Versions of the examinations."`
	Window    windows      `cmd:"" hub:"none" help:"The calendar of a campaign, and how it is moved at short notice; no hub is needed."`
	Catalogue catalogues   `cmd:"" hub:"none" help:"Read a catalogue of programmes (XLSX or DBF) for a campaign."`
	Statement statements   `cmd:"" help:"Daily files of payment channels."`
	Day       days         `cmd:"" help:"Closed days of the books."`
	Arrange   arrangements `cmd:"" name:"arrangement" hub:"none" help:"Published arrangements; no hub is needed."`
	Paper     papers       `cmd:"" hub:"none" help:"Specimens of papers; no hub is needed."`
	DBF       tables       `cmd:"" name:"dbf" hub:"none" help:"Look at DBF tables; no hub is needed."`
}

// AfterApply refuses a command that uses a hub and was told none.
func (c *commands) AfterApply(k *kong.Context) error {
	if c.Data != "" {
		return nil
	}
	for n := k.Selected(); n != nil; n = n.Parent {
		if n.Tag != nil && n.Tag.Get("hub") == "none" {
			return nil
		}
	}
	return errors.New("missing flags: --data=STRING (or HUBD_DATA in the environment)")
}

// errFound says that a check worked and found something wrong.
var errFound = errors.New("found")

// run is the program: what it says goes to out, why it failed to errs.
func run(ctx context.Context, args []string, in io.Reader, out, errs io.Writer, getenv func(string) string) int {
	var c commands
	status, exited := 0, false
	parser, err := kong.New(&c, kong.Name("hubctl"), kong.UsageOnError(), kong.Writers(out, errs),
		kong.Description("Makes a hub and looks after it."),
		kong.Exit(func(code int) { status, exited = min(code, 1), true })) // its own for misuse is 80
	if err != nil {
		fmt.Fprintln(errs, "hubctl:", err)
		return 1
	}
	k, err := parser.Parse(args)
	if !exited { // else help was asked for
		parser.FatalIfErrorf(err)
	}
	if exited {
		return status
	}
	h := &hand{ctx: ctx, in: in, out: out, errs: errs, dir: datadir.Dir(c.Data), database: c.Database, say: catalogue(c.Lang, getenv)}
	switch err := k.Run(h); {
	case errors.Is(err, errFound):
		return 2
	case err != nil:
		fmt.Fprintln(errs, "hubctl:", h.explain(err))
		return 1
	}
	return 0
}

// hand is what every command works with.
type hand struct {
	ctx      context.Context
	in       io.Reader
	out      io.Writer
	errs     io.Writer
	dir      datadir.Dir
	database string
	say      language
}

func (h *hand) print(key string, args ...any) { fmt.Fprintln(h.out, h.say.text(key, args...)) }

func (h *hand) url() string {
	if h.database != "" {
		return h.database
	}
	return h.dir.Database()
}

// explain puts the remedy to the causes a person meets.
func (h *hand) explain(err error) string {
	var refused refusal
	switch {
	case errors.As(err, &refused):
		return h.say.text(refused.key, refused.args...)
	case errors.Is(err, errNotRunning):
		return h.say.text("not-running")
	case errors.Is(err, datadir.ErrInUse):
		return h.say.text("in-use")
	case errors.Is(err, keys.ErrIncomplete), errors.Is(err, os.ErrNotExist):
		return h.say.text("no-hub", string(h.dir))
	}
	return err.Error()
}

// refusal is an answer to the person, by its key in the catalogue.
type refusal struct {
	key  string
	args []any
}

func (r refusal) Error() string { return r.key }

// either runs f when the hub is stopped, and else asks the hub.
func (h *hand) either(f func(*keys.Ring, *db.DB) error, method, path string, ask, answer any) error {
	err := h.stopped(f)
	if !errors.Is(err, datadir.ErrInUse) {
		return err
	}
	if asked := h.hubd(method, path, ask, answer); !errors.Is(asked, errNotRunning) {
		return asked
	}
	return err // another hubctl, or a hub that is just opening
}

// stopped runs f with the hub's lock held, so that no hub runs meanwhile.
func (h *hand) stopped(f func(*keys.Ring, *db.DB) error) (err error) {
	if _, err := os.Stat(h.dir.Keys()); err != nil { // leave no lock where no hub is
		return err
	}
	lock, err := h.dir.Lock()
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, lock.Release()) }()
	ring, err := keys.Open(h.dir.Keys(), keys.Options{})
	if err != nil {
		return err
	}
	d, err := db.Open(h.ctx, h.url())
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, d.Close()) }()
	if err := ring.Bond(h.ctx, d); err != nil {
		return err
	}
	return f(ring, d)
}

// known makes an empty value a refusal that names the flag.
func known(flag, value string) error {
	if strings.TrimSpace(value) == "" {
		return refusal{"empty", []any{flag}}
	}
	return nil
}
