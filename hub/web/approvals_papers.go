package web

import (
	"errors"
	"fmt"
	"io"
	"net/http"
	"slices"
	"strings"

	"github.com/gin-gonic/gin"

	"zhunkao/hub/approval"
	"zhunkao/hub/db"
	"zhunkao/hub/web/console"
	rules "zhunkao/protocol/campaign"
)

// readPaper takes one attachment. Its file name is not looked at.
func (s *server) readPaper(c *gin.Context, d *draft, spec rules.ApprovalPaper) error {
	var file []byte
	if m := c.Request.MultipartForm; m != nil && len(m.File["p-"+spec.Key]) > 0 {
		f, err := m.File["p-"+spec.Key][0].Open()
		if err != nil {
			return fmt.Errorf("web: attachment: %w", err)
		}
		file, err = io.ReadAll(io.LimitReader(f, int64(spec.MaxKB)<<10+1))
		if err = errors.Join(err, f.Close()); err != nil {
			return fmt.Errorf("web: attachment: %w", err)
		}
	}
	if len(file) == 0 {
		if spec.Required && !slices.ContainsFunc(d.have, func(p approval.Paper) bool { return p.Name == spec.Key }) {
			d.faults[spec.Key] = "casefault.paper-empty"
		}
		return nil
	}
	media, kept, err := approval.Clean(spec, file)
	var refused approval.PaperError
	if errors.As(err, &refused) {
		d.faults[spec.Key] = "casefault." + refused.Code
		return nil
	}
	if err != nil {
		return err
	}
	p, ciphertext, err := approval.SealPaper(s.Keys, spec.Key, media, kept)
	if err != nil {
		return err
	}
	d.papers, d.sealed[p.Hash()] = append(d.papers, p), ciphertext
	return nil
}

func (b *books) formPapers(d *draft) []console.CaseUpload {
	accept := map[string]string{rules.PaperPDF: "application/pdf", rules.PaperJPEG: "image/jpeg", rules.PaperPNG: "image/png"}
	var out []console.CaseUpload
	for _, spec := range d.kind.Papers {
		p := console.CaseUpload{Key: spec.Key, Label: b.either(spec.Zh, spec.En), Required: spec.Required}
		var types, words []string
		for _, t := range spec.Types {
			types, words = append(types, accept[t]), append(words, strings.ToUpper(t))
		}
		p.Accept = strings.Join(types, ",")
		p.Hint = b.t("case.paper.hint", strings.Join(words, b.t("case.comma")), size(spec.MaxKB))
		for _, have := range d.have {
			if have.Name == spec.Key {
				p.Have = b.t("case.paper.have", mediaWord(have.Media), size(int(have.Size+1023)>>10))
				p.Required = false
				break
			}
		}
		if key := d.faults[spec.Key]; key != "" {
			p.Error = b.t(key)
		}
		out = append(out, p)
	}
	return out
}

// size says kilobytes in the unit one would use.
func size(kb int) string {
	if kb >= 1024 && kb%1024 == 0 {
		return fmt.Sprintf("%d MB", kb/1024)
	}
	if kb >= 1024 {
		return fmt.Sprintf("%.1f MB", float64(kb)/1024)
	}
	return fmt.Sprintf("%d KB", kb)
}

// paper shows one attachment. That it was looked at is journalled first; a
// picture is shown, a PDF is handed over, for it is not ours what a viewer does
// with it.
func (s *server) paper(c *gin.Context, v *visit) {
	ctx, p := c.Request.Context(), v.subject.(paperOf)
	file, err := approval.OpenPaper(s.Keys, s.Blob, p.Paper)
	if err == nil {
		err = s.DB.Write(ctx, func(tx *db.Tx) error { return s.Flow.ViewPaper(ctx, tx, p.of, p.Paper, v.by()) })
	}
	if err != nil {
		s.fault(c, v, err)
		return
	}
	name, how := p.Name+".pdf", "attachment"
	switch p.Media {
	case "image/jpeg":
		name, how = p.Name+".jpg", "inline"
	case "image/png":
		name, how = p.Name+".png", "inline"
	}
	name = strings.NewReplacer(`"`, "", `\`, "").Replace(plain(name)) // a stored text breaks no header
	c.Header("Content-Disposition", how+`; filename="`+name+`"`)
	c.Data(http.StatusOK, p.Media, file)
}
