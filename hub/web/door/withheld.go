package door

import (
	"maps"

	"github.com/gin-gonic/gin"
)

// Withhold has do answer a request, and holds the answer back until settled says
// that it may go: that the session by which it was begun still stands. Where it
// does not, nothing has left, the head of the answer is as it was, and false says
// that the request is to be answered anew. settled is asked before anything leaves
// and once at the end; it may be asked often.
func Withhold(c *gin.Context, settled func() bool, do func()) bool {
	out, head := c.Writer, maps.Clone(c.Writer.Header())
	c.Writer = &withheld{ResponseWriter: out, settled: settled}
	do()
	c.Writer = out
	if settled() {
		return true
	}
	clear(out.Header()) // what an answer that was dropped had said of itself
	maps.Copy(out.Header(), head)
	return false
}

// withheld is an answer that is held back until the session is known to stand.
type withheld struct {
	gin.ResponseWriter
	settled func() bool
}

// Write lets bytes of the answer through, or drops them.
func (h *withheld) Write(b []byte) (int, error) {
	if !h.settled() {
		return len(b), nil
	}
	return h.ResponseWriter.Write(b)
}

// WriteString is Write.
func (h *withheld) WriteString(text string) (int, error) { return h.Write([]byte(text)) }

// WriteHeaderNow lets the head of the answer through, or drops it.
func (h *withheld) WriteHeaderNow() {
	if h.settled() {
		h.ResponseWriter.WriteHeaderNow()
	}
}

// Flush is WriteHeaderNow.
func (h *withheld) Flush() {
	if h.settled() {
		h.ResponseWriter.Flush()
	}
}
