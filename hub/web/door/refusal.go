package door

import (
	"crypto/rand"
	"encoding/base32"
	"net/http"
)

// Refusal is an answer that tells a person what to do instead. Phrase is a key
// of the entrance's catalogue; Phrase + ".text" says more.
type Refusal struct {
	Status int
	Phrase string
}

// The refusals that every entrance has words for.
var (
	NotFound  = Refusal{http.StatusNotFound, "problem.notfound"}
	Forbidden = Refusal{http.StatusForbidden, "problem.forbidden"}
	Method    = Refusal{http.StatusMethodNotAllowed, "problem.method"}
	TooLarge  = Refusal{http.StatusRequestEntityTooLarge, "problem.toolarge"}
	Bad       = Refusal{http.StatusBadRequest, "problem.bad"}
	Length    = Refusal{http.StatusLengthRequired, "problem.bad"}
	Host      = Refusal{http.StatusMisdirectedRequest, "problem.host"}
	Fault     = Refusal{http.StatusInternalServerError, "problem.fault"}
)

// Reference is a number short enough to read out on the telephone.
func Reference() string {
	var b [5]byte
	_, _ = rand.Read(b[:]) // crypto/rand.Read never returns an error (Go 1.24)
	t := base32.StdEncoding.EncodeToString(b[:])
	return t[:4] + "-" + t[4:]
}
