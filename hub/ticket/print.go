package ticket

import (
	"time"

	"zhunkao/protocol/sheet"
)

// Printing says what stands on a copy beside the ticket.
type Printing struct {
	Copy     int       // from 1; the second and later are marked 补打
	At       time.Time // when it was given out
	Office   string    // who printed it; "" is nobody but herself
	Specimen bool      // in a database of the demonstration
}

// Print lays a copy out. Its error is that of sheet.Ticket.Layout: our mistake.
func (f Filled) Print(fonts *sheet.Fonts, p Printing) (*sheet.Document, error) {
	t := f.Ticket
	t.Copy, t.Printed, t.Office, t.Marks = p.Copy, p.At, p.Office, nil
	if p.Copy > 1 {
		t.Marks = append(t.Marks, sheet.Reprint)
	}
	if p.Specimen {
		t.Marks = append(t.Marks, sheet.Specimen)
	}
	return t.Layout(fonts)
}
