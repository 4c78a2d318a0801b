package printroom

import (
	"context"
	"crypto/rand"
	"encoding/hex"
	"errors"
	"fmt"
	"slices"
	"strings"
	"time"
	"unicode/utf8"

	"zhunkao/hub/db"
	"zhunkao/hub/org"
	"zhunkao/hw/printer"
)

var (
	// ErrNotFound says that there is no such printer, print or part.
	ErrNotFound = errors.New("printroom: not found")
	// ErrState says that this cannot be done to a print as it stands.
	ErrState = errors.New("printroom: not in this state")
	// ErrPrinter says that a printer cannot be as it was told: no name, no such office,
	// an address that is none, or one that is taken.
	ErrPrinter = errors.New("printroom: no such printer can be")
	// ErrUnsure says that a person must first say what became of a part.
	ErrUnsure = errors.New("printroom: nobody knows of a part whether it is out")
)

// Printer is a printer of one office.
type Printer struct {
	ID      string `json:"id"`
	Office  string `json:"office"` // id
	Name    string `json:"name"`
	Address string `json:"address"` // ipp:// or ipps://; stands on no page
	AddedAt int64  `json:"added_at"`

	pin []byte
}

const printerColumns = `id, office, name, address, added_at, pin`

func scanPrinter(row func(...any) error) (p Printer, err error) {
	err = row(&p.ID, &p.Office, &p.Name, &p.Address, &p.AddedAt, &p.pin)
	return p, err
}

// longestName bounds a printer's name, in characters.
const longestName = 30

// Add names a printer. Its address is judged, not called. Who may is judged before.
// ErrPrinter.
func Add(ctx context.Context, tx *db.Tx, p Printer) (Printer, error) {
	p.Name = strings.TrimSpace(p.Name)
	if n := utf8.RuneCountInString(p.Name); n == 0 || n > longestName || strings.ContainsFunc(p.Name, func(r rune) bool { return r < ' ' }) {
		return p, ErrPrinter
	}
	if _, err := printer.New(printer.Options{URI: p.Address}); err != nil {
		return p, fmt.Errorf("%w: %w", ErrPrinter, err)
	}
	if _, err := org.GetOffice(ctx, tx, p.Office); errors.Is(err, org.ErrNotFound) {
		return p, ErrPrinter
	} else if err != nil {
		return p, err
	}
	var n int
	if err := tx.QueryRow(ctx, `SELECT count(*) FROM office_printer WHERE address = $1 OR office = $2 AND name = $3`, p.Address, p.Office, p.Name).Scan(&n); err != nil {
		return p, fmt.Errorf("printroom: add: %w", err)
	}
	if n > 0 {
		return p, ErrPrinter
	}
	p.ID = newID()
	if _, err := tx.Exec(ctx, `INSERT INTO office_printer (`+printerColumns+`) VALUES ($1, $2, $3, $4, $5, $6)`, p.ID, p.Office, p.Name, p.Address, p.AddedAt, []byte{}); err != nil {
		return p, fmt.Errorf("printroom: add: %w", err)
	}
	return p, nil
}

// Remove forgets a printer. ErrNotFound; ErrState while a print is open there.
func Remove(ctx context.Context, tx *db.Tx, id string) (Printer, error) {
	p, err := GetPrinter(ctx, tx, id)
	if err != nil {
		return p, err
	}
	var n int
	if err := tx.QueryRow(ctx, `SELECT count(*) FROM exam_print WHERE printer = $1 AND state IN ('queued', 'printing', 'held')`, id).Scan(&n); err != nil {
		return p, fmt.Errorf("printroom: remove: %w", err)
	}
	if n > 0 {
		return p, ErrState
	}
	if _, err := tx.Exec(ctx, `DELETE FROM office_printer WHERE id = $1`, id); err != nil {
		return p, fmt.Errorf("printroom: remove: %w", err)
	}
	return p, nil
}

// GetPrinter returns a printer. ErrNotFound.
func GetPrinter(ctx context.Context, tx *db.Tx, id string) (Printer, error) {
	all, err := printers(ctx, tx, `id = $1`, id)
	if err == nil && len(all) == 0 {
		err = ErrNotFound
	}
	return append(all, Printer{})[0], err
}

// Printers gives those of one office, by name.
func Printers(ctx context.Context, tx *db.Tx, office string) ([]Printer, error) {
	return printers(ctx, tx, `office = $1`, office)
}

// AllPrinters gives those of every office, for whoever runs the server.
func AllPrinters(ctx context.Context, tx *db.Tx) ([]Printer, error) {
	return printers(ctx, tx, `1 = 1`)
}

func printers(ctx context.Context, tx *db.Tx, where string, args ...any) (out []Printer, err error) {
	err = tx.Each(ctx, `SELECT `+printerColumns+` FROM office_printer WHERE `+where+` ORDER BY office, name`, args, func(row func(...any) error) error {
		p, err := scanPrinter(row)
		out = append(out, p)
		return err
	})
	if err != nil {
		return nil, fmt.Errorf("printroom: printers: %w", err)
	}
	return out, nil
}

// Seen is what a printer said when it was asked.
type Seen struct {
	Model string `json:"model"` // "" when it did not answer
	PDF   bool   `json:"pdf"`   // it takes what we send
	Why   string `json:"why"`   // what a person must do; "" is ready
}

// probe is how long a printer may take to answer whoever adds it.
const probe = 5 * time.Second

// See asks a printer what it is, for whoever adds it.
func See(ctx context.Context, address string) Seen {
	p, err := printer.New(printer.Options{URI: address, User: user})
	if err != nil {
		return Seen{Why: WhyGone}
	}
	ctx, cancel := context.WithTimeout(ctx, probe)
	defer cancel()
	s, err := p.Status(ctx)
	if err != nil {
		return Seen{Why: whyOf(err)}
	}
	out := Seen{Model: s.Model, PDF: slices.Contains(s.Formats, printer.FormatPDF)}
	if needs := s.Needs(); len(needs) > 0 {
		out.Why = needs[0].String()
	}
	return out
}

func newID() string {
	var b [12]byte
	_, _ = rand.Read(b[:]) // never fails
	return hex.EncodeToString(b[:])
}
