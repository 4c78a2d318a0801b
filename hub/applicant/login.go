package applicant

import (
	"context"
	"crypto/rand"
	"fmt"
	"math/big"
	"strings"
	"unicode"

	"golang.org/x/text/unicode/norm"

	"zhunkao/hub/db"
	"zhunkao/protocol/identity"
)

// Kinds of what one signs in with. They are in the hashes: they must not change.
const (
	byName  = "name"
	byPhone = "phone"
	byCard  = "card"
)

// Measures of a user name: what she chooses of it, and what the hub draws.
const (
	MinStem = 2
	MaxStem = 20
	drawn   = 4
)

func (d *Desk) subject(kind, value string) []byte {
	return d.o.Keys.SignInKey("ks/login/" + kind + "/" + value)
}

// cardValue is what a card is found by.
func cardValue(campaign, sequence string) string { return campaign + "\x00" + plain(sequence) }

// plain is a text in the plain forms of its letters, small, without blanks and
// hyphens: what is typed from paper or in a hurry.
func plain(s string) string {
	return strings.Map(func(r rune) rune {
		if unicode.IsSpace(r) || r == '-' || unicode.Is(unicode.Cf, r) {
			return -1
		}
		return unicode.ToLower(r)
	}, norm.NFKC.String(s))
}

// stem is what she chose of a user name, in normal form. It begins with a small
// letter, so that no number is ever a name, and holds letters and digits.
func stem(s string) (string, error) {
	p := plain(s)
	if len(p) < MinStem || len(p) > MaxStem || p[0] < 'a' || p[0] > 'z' || strings.Trim(p, "abcdefghijklmnopqrstuvwxyz0123456789") != "" {
		return "", ErrName
	}
	return p, nil
}

// mobile is a number to which a text message can go.
func mobile(s string) (identity.Phone, error) {
	p, err := identity.ParsePhone(plain(s))
	if err != nil || len(p) != 11 || p[0] != '1' {
		return "", ErrPhone
	}
	return p, nil
}

// typedLogin is what a typed login is looked up by; kind "" is nobody's. It is
// in normal form, so that pauses count for the account and not for a spelling.
func typedLogin(campaign, typed string) (kind, value string) {
	if len(typed) > 256 {
		return "", ""
	}
	if campaign != "" {
		return byCard, cardValue(campaign, typed)
	}
	if p, err := mobile(typed); err == nil {
		return byPhone, p.Reveal()
	}
	if v := plain(typed); v != "" && len(v) <= MaxStem+2*drawn && strings.Trim(v, "abcdefghijklmnopqrstuvwxyz0123456789") == "" {
		return byName, v
	}
	return "", ""
}

// take gives an account a login; false when somebody has it.
func (d *Desk) take(ctx context.Context, tx *db.Tx, account, kind, value string) (bool, error) {
	n, err := tx.Exec(ctx, `INSERT INTO applicant_login (subject, account, kind) VALUES ($1, $2, $3) ON CONFLICT DO NOTHING`,
		d.subject(kind, value), account, kind)
	if err != nil {
		return false, fmt.Errorf("applicant: login: %w", err)
	}
	return n == 1, nil
}

// name draws a user name from a stem that nobody has: its digits are the hub's,
// so that nobody learns which names there are.
func (d *Desk) name(ctx context.Context, tx *db.Tx, stem string) (string, error) {
	for n := drawn; n <= 2*drawn; n++ {
		for range 3 {
			name := stem + digits(n)
			var taken bool
			err := tx.QueryRow(ctx, `SELECT EXISTS (SELECT 1 FROM applicant_login WHERE subject = $1)`, d.subject(byName, name)).Scan(&taken)
			if err != nil {
				return "", fmt.Errorf("applicant: name: %w", err)
			}
			if !taken {
				return name, nil
			}
		}
	}
	return "", fmt.Errorf("applicant: no name is left of this stem: %w", ErrName)
}

// digits draws n of them.
func digits(n int) string {
	var b strings.Builder
	for range n {
		v, err := rand.Int(rand.Reader, big.NewInt(10))
		if err != nil {
			panic(err) // crypto/rand never fails (Go 1.24)
		}
		b.WriteByte('0' + byte(v.Int64()))
	}
	return b.String()
}
