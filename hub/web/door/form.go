package door

import (
	"errors"
	"net/http"
	"strings"

	"github.com/gin-gonic/gin"
)

// ReadForm reads a POST of at most most bytes: a plain form, or one that may
// hold a file, and from a page of ours. It gives why it did not.
func ReadForm(c *gin.Context, origin *http.CrossOriginProtection, most int64, upload bool) *Refusal {
	if err := origin.Check(c.Request); err != nil {
		return &Forbidden
	}
	kind, parse := "application/x-www-form-urlencoded", c.Request.ParseForm
	if upload {
		kind = "multipart/form-data"
		parse = func() error { return c.Request.ParseMultipartForm(most) } // in memory, never in a file of its own
	}
	c.Request.Body = http.MaxBytesReader(c.Writer, c.Request.Body, most)
	if !formType(c, kind) {
		return &Bad
	}
	if err := parse(); err != nil {
		var large *http.MaxBytesError
		if errors.As(err, &large) {
			return &TooLarge
		}
		return &Bad
	}
	return nil
}

// formType tells whether a form says that it is of a kind.
func formType(c *gin.Context, kind string) bool {
	t, _, _ := strings.Cut(c.GetHeader("Content-Type"), ";")
	return strings.TrimSpace(t) == kind
}
