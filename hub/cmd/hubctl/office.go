package main

import (
	"errors"
	"fmt"
	"net/http"
	"os"
	"text/tabwriter"
	"time"

	"zhunkao/hub/candidate"
	"zhunkao/hub/db"
	"zhunkao/hub/flow"
	"zhunkao/hub/keys"
	"zhunkao/hub/org"
	"zhunkao/hub/staff"
)

// province is the remit of whoever sits at the machine.
const province = "430000"

type people struct {
	Add   addStaff   `cmd:"" help:"Add an account; the password is asked for."`
	List  listStaff  `cmd:"" help:"List all accounts."`
	Reset resetStaff `cmd:"" help:"Give an account a first password and take its authenticator off; the password is asked for."`
	Vouch vouchStaff `cmd:"" help:"Say that an account is in its owner's hands alone, so that it counts as a person of its own beside whoever gave it."`
}

type addStaff struct {
	Name    string `required:"" help:"Sign-in name: 2 to 32 lower-case letters, digits, . - _"`
	Display string `required:"" help:"How the person is shown."`
	Role    string `required:"" enum:"province-admin,province-operator,city-operator,county-operator,point-head,clerk,technician" help:"Role: ${enum}."`
	Office  string `required:"" help:"Id of the office, the code of its division (430000-1 and 430000-2 at the province)."`
	Point   string `help:"Code of the point, for its head or a clerk."`
	Enrol   bool   `help:"She sits here: the password is her own, and her authenticator is enrolled now. Else both are done at her first sign-in."`
}

// Run adds an account. The password is asked for before anything is locked.
func (s addStaff) Run(h *hand) error {
	if _, err := os.Stat(h.dir.Keys()); err != nil {
		return err
	}
	password, err := h.askPassword(s.Name)
	if err != nil {
		return err
	}
	n := staff.NewAccount{Name: s.Name, Display: s.Display, Role: staff.Role(s.Role), Office: s.Office, Point: s.Point, Password: password, First: !s.Enrol}
	if s.Enrol {
		if n.Secret, err = h.enrol(s.Name); err != nil {
			return err
		}
	}
	var a staff.Account
	err = h.either(func(ring *keys.Ring, d *db.DB) (err error) {
		a, err = staff.New(staff.Options{DB: d, Keys: ring}).Create(h.ctx, n, flow.Operator().Author)
		return err
	}, http.MethodPost, "/staff", n, &a)
	if err != nil {
		return h.badAccount(err)
	}
	h.print("added", a.Name, a.Role, a.Office)
	if a.Unready() {
		h.print("added-first")
	}
	return nil
}

// enrol draws the secret of an authenticator and shows it to whoever sits here;
// at a terminal she proves that her telephone has it.
func (h *hand) enrol(name string) (string, error) {
	secret := staff.NewSecret()
	h.print("enrol", staff.URI(name, secret))
	file, ok := h.in.(*os.File)
	if !ok || !isTerminal(file) {
		return secret, nil
	}
	for {
		code, err := h.hidden(file, "ask-code")
		if err != nil || staff.Matches(secret, code, time.Now()) {
			return secret, err
		}
		h.print("bad-code")
	}
}

type resetStaff struct {
	Name   string `arg:"" help:"Sign-in name of the account."`
	Reason string `required:"" help:"Why; it is kept in the journal."`
}

// Run resets an account: for whom no superior can, the administrator of the
// province.
func (s resetStaff) Run(h *hand) error {
	if err := known("--reason", s.Reason); err != nil {
		return err
	}
	if _, err := os.Stat(h.dir.Keys()); err != nil {
		return err
	}
	password, err := h.askPassword(s.Name)
	if err != nil {
		return err
	}
	ask := staff.Reset{Name: s.Name, Password: password, Reason: s.Reason}
	var a staff.Account
	err = h.either(func(ring *keys.Ring, d *db.DB) (err error) {
		a, err = staff.New(staff.Options{DB: d, Keys: ring}).Reset(h.ctx, ask, flow.Operator().Author)
		return err
	}, http.MethodPost, "/staff/reset", ask, &a)
	if err != nil {
		return h.badAccount(err)
	}
	h.print("reset", a.Name)
	return nil
}

type vouchStaff struct {
	Name   string `arg:"" help:"Sign-in name of the account."`
	Reason string `required:"" help:"Why, and how it was seen; it is kept in the journal."`
}

// Run vouches for an account.
func (s vouchStaff) Run(h *hand) error {
	if err := known("--reason", s.Reason); err != nil {
		return err
	}
	if _, err := os.Stat(h.dir.Keys()); err != nil {
		return err
	}
	ask := staff.AtMachine{Name: s.Name, Reason: s.Reason}
	var a staff.Account
	err := h.either(func(ring *keys.Ring, d *db.DB) (err error) {
		a, err = staff.New(staff.Options{DB: d, Keys: ring}).VouchAtMachine(h.ctx, s.Name, s.Reason, flow.Operator().Author)
		return err
	}, http.MethodPost, "/staff/vouch", ask, &a)
	if err != nil {
		return h.badAccount(err)
	}
	h.print("vouched", a.Name)
	return nil
}

type listStaff struct{}

// Run prints a line for each account.
func (listStaff) Run(h *hand) error {
	var as []staff.Account
	err := h.either(func(_ *keys.Ring, d *db.DB) error {
		return d.Read(h.ctx, func(tx *db.Tx) (err error) {
			as, err = staff.Accounts(h.ctx, tx, province)
			return err
		})
	}, http.MethodGet, "/staff", nil, &as)
	if err != nil {
		return err
	}
	w := tabwriter.NewWriter(h.out, 0, 0, 2, ' ', 0)
	for _, a := range as {
		state := "-"
		if a.Disabled {
			state = h.say.text("disabled")
		}
		fmt.Fprintf(w, "%s\t%s\t%s\t%s\t%s\t%s\n", a.Name, a.Display, a.Role, a.Office, a.Point, state)
	}
	return w.Flush()
}

type points struct {
	Add  addPoint   `cmd:"" help:"Add a point."`
	List listPoints `cmd:"" help:"List all points."`
}

type addPoint struct {
	Code    string `required:"" help:"Eight digits: the code of the county and two more."`
	Name    string `required:"" help:"Name, as on screens and papers."`
	Address string `help:"Address."`
	Phone   string `help:"Telephone of the point."`
	Contact string `help:"Who answers for it."`
	Medical bool   `help:"Takes medical candidates."`
	Minors  bool   `help:"Takes candidates under age."`
}

// Run adds a point.
func (p addPoint) Run(h *hand) error {
	point := org.Point{Code: p.Code, Name: p.Name, Division: p.Code[:min(6, len(p.Code))],
		Address: p.Address, Phone: p.Phone, Contact: p.Contact, Medical: p.Medical, Minors: p.Minors, Open: true}
	err := h.either(func(ring *keys.Ring, d *db.DB) error {
		f := &flow.Flow{Candidates: candidate.New(ring, time.Now), Now: time.Now}
		return d.Write(h.ctx, func(tx *db.Tx) error { return f.CreatePoint(h.ctx, tx, point, flow.Operator()) })
	}, http.MethodPost, "/points", point, &point)
	switch {
	case errors.Is(err, org.ErrPoint), errors.Is(err, org.ErrNotFound):
		return refusal{"bad-point", nil}
	case errors.Is(err, org.ErrTaken):
		return refusal{"point-taken", nil}
	case err != nil:
		return err
	}
	h.print("point-added", p.Code)
	return nil
}

type listPoints struct{}

// Run prints a line for each point.
func (listPoints) Run(h *hand) error {
	var ps []org.Point
	err := h.either(func(_ *keys.Ring, d *db.DB) error {
		return d.Read(h.ctx, func(tx *db.Tx) (err error) {
			ps, err = org.Points(h.ctx, tx, province)
			return err
		})
	}, http.MethodGet, "/points", nil, &ps)
	if err != nil {
		return err
	}
	w := tabwriter.NewWriter(h.out, 0, 0, 2, ' ', 0)
	for _, p := range ps {
		fmt.Fprintf(w, "%s\t%s\t%s\n", p.Code, p.Name, p.Address)
	}
	return w.Flush()
}
