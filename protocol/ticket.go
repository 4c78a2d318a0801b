package protocol

import (
	"fmt"
	"log/slog"
	"net"
	"strings"
)

const ticketPrefix = "zk1:"

// String returns the text form, which is a secret until it has been used.
func (t Ticket) String() string {
	return ticketPrefix + t.Address + ":" + t.Fingerprint.String() + ":" + t.Code
}

// LogValue keeps the code and the address out of logs.
func (t Ticket) LogValue() slog.Value { return slog.StringValue("ticket(…)") }

// ParseTicket reads the text form.
func ParseTicket(s string) (Ticket, error) {
	bad := fmt.Errorf("%w: enrolment ticket; type it again exactly as printed", ErrMalformed)
	rest, ok := strings.CutPrefix(strings.TrimSpace(s), ticketPrefix)
	if !ok || len(rest) > 512 || !printable(rest) || strings.Contains(rest, " ") {
		return Ticket{}, bad
	}
	i := strings.LastIndexByte(rest, ':')
	if i < 0 || i == len(rest)-1 {
		return Ticket{}, bad
	}
	code := rest[i+1:]
	rest = rest[:i]
	j := strings.LastIndexByte(rest, ':')
	if j < 0 {
		return Ticket{}, bad
	}
	fp, err := ParseHash(rest[j+1:])
	if err != nil {
		return Ticket{}, bad
	}
	if host, port, err := net.SplitHostPort(rest[:j]); err != nil || host == "" || port == "" {
		return Ticket{}, bad
	}
	return Ticket{Address: rest[:j], Fingerprint: fp, Code: code}, nil
}
