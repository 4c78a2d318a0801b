package staff

import (
	"context"
	"errors"
	"fmt"
	"strings"
	"time"
	"unicode/utf8"

	"zhunkao/hub/attempt"
	"zhunkao/hub/db"
	"zhunkao/hub/journal"
	"zhunkao/hub/org"
)

// ErrRequest says that a request lacks something, or that its point does not
// lie in its county.
var ErrRequest = errors.New("staff: request is not complete")

// RequestState is how a request stands.
type RequestState string

// The states of a request.
const (
	Asked   RequestState = "asked"
	Bound   RequestState = "bound"   // an account came of it
	Refused RequestState = "refused" // with a reason
)

// Request is somebody asking for an account (demand A28): a point applies, its
// county binds and gives a role. The telephone number is apart: Desk.Phone.
type Request struct {
	ID       string
	Division string // county
	Point    string // code
	Name     string // wanted sign-in name
	Display  string
	Purpose  string
	State    RequestState
	Reason   string // why refused
	Account  string // id, of a bound one
	Asked    int64  // ms since 1970, the hub's civil clock
	Settled  int64
	By       string // account id of who settled it
}

// Bounds of what somebody who is not signed in may write, in characters.
const (
	maxDisplay = 50
	maxPhone   = 30
	maxPurpose = 200
)

// How often may be applied (S34): from one source, and in all. Then one waits.
var (
	paceApply    = attempt.Pace{Free: 5, First: 10 * time.Minute, Most: time.Hour}
	paceApplyAll = attempt.Pace{Free: 300, First: 5 * time.Second, Most: time.Minute}
)

// maxAsked bounds the requests that wait: who comes later asks by telephone.
const maxAsked = 10_000

// Apply takes a request from somebody who is not signed in. Whether the wanted
// name is taken is not told: it would tell who has an account. ErrRequest,
// ErrSlow.
func (d *Desk) Apply(ctx context.Context, r Request, phone, source string) error {
	r.Name = normalName(r.Name)
	if !validName(r.Name) || !said(r.Display, maxDisplay) || !said(phone, maxPhone) || !said(r.Purpose, maxPurpose) {
		return ErrRequest
	}
	var wait time.Duration
	err := d.o.DB.Write(ctx, func(tx *db.Tx) (err error) {
		if wait, err = d.countApply(ctx, tx, source); err != nil || wait > 0 {
			return err
		}
		p, err := org.GetPoint(ctx, tx, r.Point)
		if errors.Is(err, org.ErrNotFound) || err == nil && (p.Division != r.Division || !p.Open) {
			return ErrRequest
		}
		if err != nil {
			return err
		}
		id := newID("q")
		sealed, err := d.sealPhone(id, phone)
		if err != nil {
			return err
		}
		_, err = tx.Exec(ctx, `INSERT INTO staff_request (id, division, point, name, display, phone, purpose, state, reason, account, asked_at, settled_at, settled_by)
			VALUES ($1, $2, $3, $4, $5, $6, $7, $8, '', '', $9, 0, '')`,
			id, r.Division, r.Point, r.Name, r.Display, sealed, r.Purpose, string(Asked), d.o.Now().UnixMilli())
		if err != nil {
			return fmt.Errorf("staff: request: %w", err)
		}
		return journal.Write(ctx, tx, journal.Entry{At: d.o.Now(), Author: journal.Author{Kind: journal.ByUnknown, ID: source}, Source: source,
			Act: journal.StaffApplied, Subject: journal.Subject{Kind: journal.OfStaff, ID: id}, Point: r.Point, Division: r.Division})
	})
	if err == nil && wait > 0 {
		return SlowError{wait}
	}
	return err
}

func said(s string, most int) bool {
	return strings.TrimSpace(s) != "" && utf8.RuneCountInString(s) <= most
}

func (d *Desk) countApply(ctx context.Context, tx *db.Tx, source string) (time.Duration, error) {
	var asked int
	if err := tx.QueryRow(ctx, `SELECT count(*) FROM staff_request WHERE state = $1`, string(Asked)).Scan(&asked); err != nil {
		return 0, fmt.Errorf("staff: requests: %w", err)
	}
	if asked >= maxAsked {
		return time.Hour, nil
	}
	return d.counter().Spend(ctx, tx, attempt.Charge{Subject: "apply/" + source, Pace: paceApply}, attempt.Charge{Subject: "apply", Pace: paceApplyAll})
}

const requestColumns = `id, division, point, name, display, purpose, state, reason, account, asked_at, settled_at, settled_by`

func scanRequest(scan func(...any) error) (r Request, err error) {
	err = scan(&r.ID, &r.Division, &r.Point, &r.Name, &r.Display, &r.Purpose, &r.State, &r.Reason, &r.Account, &r.Asked, &r.Settled, &r.By)
	return r, err
}

// Requests lists the requests of a remit in a state, oldest first, 200 at most.
func Requests(ctx context.Context, tx *db.Tx, division string, state RequestState) ([]Request, error) {
	var args []any
	arg := func(v any) string { args = append(args, v); return fmt.Sprint("$", len(args)) }
	where := org.Within("division", division, arg) + " AND state = " + arg(string(state))
	var out []Request
	err := tx.Each(ctx, `SELECT `+requestColumns+` FROM staff_request WHERE `+where+` ORDER BY asked_at, id LIMIT 200`, args, func(scan func(...any) error) error {
		r, err := scanRequest(scan)
		out = append(out, r)
		return err
	})
	if err != nil {
		return nil, fmt.Errorf("staff: requests: %w", err)
	}
	return out, nil
}

// Asking counts the requests of a remit that wait.
func Asking(ctx context.Context, tx *db.Tx, division string) (n int, err error) {
	var args []any
	arg := func(v any) string { args = append(args, v); return fmt.Sprint("$", len(args)) }
	where := org.Within("division", division, arg) + " AND state = " + arg(string(Asked))
	if err := tx.QueryRow(ctx, `SELECT count(*) FROM staff_request WHERE `+where, args...).Scan(&n); err != nil {
		return 0, fmt.Errorf("staff: requests: %w", err)
	}
	return n, nil
}

// GetRequest returns a request by id. ErrNotFound.
func GetRequest(ctx context.Context, tx *db.Tx, id string) (Request, error) {
	r, err := scanRequest(tx.QueryRow(ctx, `SELECT `+requestColumns+` FROM staff_request WHERE id = $1`, id).Scan)
	if errors.Is(err, db.ErrNoRows) {
		return Request{}, ErrNotFound
	}
	if err != nil {
		return Request{}, fmt.Errorf("staff: request: %w", err)
	}
	return r, nil
}

// Bind makes an account of a request: at the point asked for or another of the
// county, with a role. It is opened by a slip. ErrNotFound when it was settled
// already; else as Hire.
func (s Superior) Bind(ctx context.Context, id string, name string, role Role, point string) (a Account, err error) {
	v, err := s.d.closed(ctx)
	if err != nil {
		return Account{}, err
	}
	err = s.d.o.DB.Write(ctx, func(tx *db.Tx) error {
		r, err := s.asked(ctx, tx, id)
		if err != nil {
			return err
		}
		phone, err := s.d.Phone(ctx, tx, id)
		if err != nil {
			return err
		}
		office, err := countyOffice(ctx, tx, r.Division)
		if err != nil {
			return err
		}
		n := NewAccount{Name: name, Display: r.Display, Role: role, Office: office, Point: point, Phone: phone}
		if a, err = s.hire(ctx, tx, n, v); err != nil {
			return err
		}
		return s.settle(ctx, tx, r, Bound, "", a.ID)
	})
	return a, err
}

func countyOffice(ctx context.Context, tx *db.Tx, division string) (string, error) {
	all, err := org.Offices(ctx, tx, division)
	if err != nil {
		return "", err
	}
	for _, o := range all {
		if o.Division == division {
			return o.ID, nil
		}
	}
	return "", ErrAccount
}

// Refuse settles a request with a reason. ErrNotFound when it was settled
// already, ErrNotYours for whoever gives no role of a point there.
func (s Superior) Refuse(ctx context.Context, id, reason string) error {
	return s.d.o.DB.Write(ctx, func(tx *db.Tx) error {
		r, err := s.asked(ctx, tx, id)
		if err != nil {
			return err
		}
		return s.settle(ctx, tx, r, Refused, reason, "")
	})
}

// asked reads a request that waits and that is hers to settle: of her own county.
func (s Superior) asked(ctx context.Context, tx *db.Tx, id string) (Request, error) {
	r, err := GetRequest(ctx, tx, id)
	switch {
	case err != nil:
		return Request{}, err
	case !org.Covers(s.a.Division, r.Division) || r.State != Asked:
		return Request{}, ErrNotFound
	case !s.a.MayGive(Clerk, org.Office{Division: r.Division}):
		return Request{}, ErrNotYours
	}
	return r, nil
}

// settle writes the end of a request; the telephone number goes with it.
func (s Superior) settle(ctx context.Context, tx *db.Tx, r Request, state RequestState, reason, account string) error {
	n, err := tx.Exec(ctx, `UPDATE staff_request SET state = $1, reason = $2, account = $3, settled_at = $4, settled_by = $5, phone = NULL
		WHERE id = $6 AND state = $7`, string(state), reason, account, s.d.o.Now().UnixMilli(), s.a.ID, r.ID, string(Asked))
	if err != nil {
		return fmt.Errorf("staff: request: %w", err)
	}
	if n == 0 {
		return ErrNotFound
	}
	detail := map[string]string{"state": string(state)}
	if account != "" {
		detail["account"] = account
	}
	return s.journal(ctx, tx, journal.StaffRequestSettled, Account{ID: r.ID, Point: r.Point, Division: r.Division}, reason, detail)
}
