package campaign

import (
	"encoding/csv"
	"errors"
	"fmt"
	"io/fs"
	"path"
	"slices"
	"strconv"
	"strings"

	"zhunkao/protocol/form"
)

// tables reads CSV files (UTF-8, a header, "|" between the parts of a list) and
// keeps the first error.
type tables struct {
	fs  fs.FS
	dir string
	err error
}

// all reads every table that has a file in the folder and puts its rows behind
// those of campaign.json.
func (t *tables) all(c *Campaign) {
	c.Form.Fields = append(c.Form.Fields, read(t, "fields.csv", t.field)...)
	c.Form.Categories = append(c.Form.Categories, read(t, "categories.csv", t.category)...)
	c.Subjects = append(c.Subjects, read(t, "subjects.csv", t.subject)...)
	c.Sittings = append(c.Sittings, read(t, "sittings.csv", t.sitting)...)
	c.Bonuses = append(c.Bonuses, read(t, "bonuses.csv", t.bonus)...)
	c.Exemptions = append(c.Exemptions, read(t, "exemptions.csv", t.exemption)...)
	c.Documents = append(c.Documents, read(t, "documents.csv", t.document)...)
	c.Photos = append(c.Photos, read(t, "photos.csv", t.photo)...)
	c.Steps = append(c.Steps, read(t, "steps.csv", t.step)...)
	c.Acts = append(c.Acts, read(t, "acts.csv", t.act)...)
	c.Catalogue = append(c.Catalogue, read(t, "catalogue.csv", t.programme)...)
	for _, r := range read(t, "reasons.csv", t.reason) {
		i := slices.IndexFunc(c.Reasons, func(l ReasonList) bool { return l.Key == r.list.Key })
		if i < 0 {
			i = len(c.Reasons)
			c.Reasons = append(c.Reasons, r.list)
		}
		c.Reasons[i].Entries = append(c.Reasons[i].Entries, r.Reason)
	}
	for _, col := range read(t, "columns.csv", t.column) {
		i := slices.IndexFunc(c.Exchanges, func(e Exchange) bool { return e.Key == col.exchange })
		if i < 0 {
			t.fail("columns.csv", fmt.Errorf("no exchange %s", col.exchange))
			return
		}
		c.Exchanges[i].Columns = append(c.Exchanges[i].Columns, col.ExchangeColumn)
	}
}

// row is one row of a file. What has been asked for is remembered, so that a
// column nobody asks for shows.
type row struct {
	t     *tables
	file  string
	cells map[string]string
	asked map[string]bool
}

// read gives the rows of a file, none if the folder has no such file.
func read[T any](t *tables, file string, of func(row) T) []T {
	b, err := fs.ReadFile(t.fs, path.Join(t.dir, file))
	if errors.Is(err, fs.ErrNotExist) {
		return nil
	}
	if err != nil {
		t.fail(file, err)
		return nil
	}
	all, err := csv.NewReader(strings.NewReader(string(b))).ReadAll()
	if err != nil || len(all) < 2 {
		t.fail(file, fmt.Errorf("no table: %w", err))
		return nil
	}
	out := make([]T, 0, len(all)-1)
	r := row{t: t, file: file, asked: map[string]bool{"note": true}}
	for _, cells := range all[1:] {
		r.cells = map[string]string{}
		for i, name := range all[0] {
			r.cells[name] = cells[i]
		}
		out = append(out, of(r))
	}
	for _, name := range all[0] {
		if !r.asked[name] {
			t.fail(file, fmt.Errorf("nothing reads column %q", name))
		}
	}
	return out
}

func (t *tables) fail(file string, err error) {
	if t.err == nil {
		t.err = fmt.Errorf("%s: %w", file, err)
	}
}

// text is a cell; a column may be absent.
func (r row) text(column string) string {
	r.asked[column] = true
	return r.cells[column]
}

// list is a cell of parts, nil when it is empty.
func (r row) list(column string) []string {
	if s := r.text(column); s != "" {
		return strings.Split(s, "|")
	}
	return nil
}

// flag is a cell of 0 or 1, false when it is empty.
func (r row) flag(column string) bool {
	s := r.text(column)
	if s != "" && s != "0" && s != "1" {
		r.t.fail(r.file, fmt.Errorf("%s: %q is neither 0 nor 1", column, s))
	}
	return s == "1"
}

// number is a cell of digits, 0 when it is empty.
func (r row) number(column string) int {
	s := r.text(column)
	if s == "" {
		return 0
	}
	n, err := strconv.Atoi(s)
	if err != nil {
		r.t.fail(r.file, fmt.Errorf("%s: %w", column, err))
	}
	return n
}

// entries reads a code table. A heading has "group" as its level. Other columns
// (short names, letters) are for whoever reads the file.
func (t *tables) entries(file string) []form.Entry {
	out := read(t, file, func(r row) form.Entry {
		for name := range r.cells {
			r.asked[name] = true
		}
		e := form.Entry{Code: r.text("code"), Zh: r.text("name"), En: r.text("en"), Kind: r.text("kind"), Mark: r.text("mark"),
			Group: r.text("level") == "group", Status: r.text("status")}
		if r.flag("zsb_eligible") {
			e.Mark = "zsb"
		}
		return e
	})
	if out == nil {
		t.fail(file, errors.New("no code table"))
	}
	return out
}
