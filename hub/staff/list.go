package staff

import (
	"context"
	"fmt"
	"strconv"
	"strings"

	"zhunkao/hub/db"
	"zhunkao/hub/org"
)

// State is how an account stands.
type State string

// The states of an account.
const (
	Active   State = "active"
	Waiting  State = "waiting" // nobody has signed in yet, or she must set a password of her own
	Disabled State = "disabled"
)

// State says how the account stands.
func (a Account) State() State {
	switch {
	case a.Disabled:
		return Disabled
	case a.Unready():
		return Waiting
	}
	return Active
}

// Filter is what a list of accounts is cut to. Zero values do not cut.
type Filter struct {
	Division string // the remit: always given
	Role     Role
	State    State
	Under    string // a division within the remit
	Term     string // part of the sign-in name or of the name shown
	Limit    int    // 0 is all
	Offset   int
}

func (f Filter) where(arg func(any) string) string {
	enrolled := `EXISTS (SELECT 1 FROM authenticator f WHERE f.account = a.id AND f.confirmed)`
	w := org.Within("o.division", f.Division, arg)
	if f.Under != "" {
		w += " AND " + org.Within("o.division", f.Under, arg)
	}
	if f.Role != "" {
		w += " AND a.role = " + arg(string(f.Role))
	}
	switch f.State {
	case Disabled:
		w += " AND a.disabled"
	case Waiting:
		w += " AND NOT a.disabled AND (a.must_change OR NOT " + enrolled + ")"
	case Active:
		w += " AND NOT a.disabled AND NOT a.must_change AND " + enrolled
	}
	if f.Term != "" {
		like := "%" + strings.NewReplacer(`\`, `\\`, `%`, `\%`, `_`, `\_`).Replace(f.Term) + "%"
		p := arg(strings.ToLower(like))
		w += ` AND (a.name LIKE ` + p + ` ESCAPE '\' OR lower(a.display) LIKE ` + p + ` ESCAPE '\')`
	}
	return w
}

// List gives the accounts of a remit by sign-in name, and how many there are
// in all.
func List(ctx context.Context, tx *db.Tx, f Filter) (out []Account, total int, err error) {
	var args []any
	arg := func(v any) string {
		args = append(args, v)
		return "$" + strconv.Itoa(len(args))
	}
	from := ` FROM account a JOIN office o ON o.id = a.office WHERE ` + f.where(arg)
	if err := tx.QueryRow(ctx, `SELECT count(*)`+from, args...).Scan(&total); err != nil {
		return nil, 0, fmt.Errorf("staff: accounts: %w", err)
	}
	page := ` ORDER BY a.name`
	if f.Limit > 0 {
		page += ` LIMIT ` + strconv.Itoa(f.Limit) + ` OFFSET ` + strconv.Itoa(max(f.Offset, 0))
	}
	err = tx.Each(ctx, `SELECT `+accountColumns+from+page, args, func(scan func(...any) error) error {
		a, err := scanAccount(scan)
		out = append(out, a)
		return err
	})
	if err != nil {
		return nil, 0, fmt.Errorf("staff: accounts: %w", err)
	}
	return out, total, nil
}
