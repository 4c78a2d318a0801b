package web

import (
	"bytes"
	"fmt"
	"net/http"

	"github.com/gin-gonic/gin"

	"zhunkao/hub/scratch"
	"zhunkao/protocol/sheet"
)

// layout is a paper that can be set.
type layout interface {
	Layout(*sheet.Fonts) (*sheet.Document, error)
}

// sendPaper sends a paper as a PDF that the browser shows; name is its file's, without
// anything of a person.
func (s *server) sendPaper(c *gin.Context, v *visit, name string, p layout) {
	doc, err := p.Layout(s.Fonts)
	if err != nil {
		s.fault(c, v, fmt.Errorf("web: paper: %w", err))
		return
	}
	s.sendDocument(c, v, name, doc)
}

// sendDocument is sendPaper of one that is laid out already.
func (s *server) sendDocument(c *gin.Context, v *visit, name string, doc *sheet.Document) {
	var file bytes.Buffer
	if err := doc.PDF(&file); err != nil {
		s.fault(c, v, fmt.Errorf("web: paper: %w", err))
		return
	}
	c.Header("Content-Disposition", fmt.Sprintf(`inline; filename="%s.pdf"`, name))
	c.Data(http.StatusOK, "application/pdf", file.Bytes())
}

// sendScratch sends a file that was written whole before; disposition says how it is
// taken and its name, without anything of a person.
func (s *server) sendScratch(c *gin.Context, v *visit, file *scratch.File, disposition, kind string) {
	body, err := file.Reader()
	if err != nil {
		s.fault(c, v, err)
		return
	}
	c.Header("Content-Disposition", disposition)
	c.DataFromReader(http.StatusOK, file.Size(), kind, body, nil)
}

// close ends a file that was sent.
func (s *server) close(file *scratch.File) {
	if err := file.Close(); err != nil {
		s.Log.Warn("web: spool", "error", err.Error())
	}
}
