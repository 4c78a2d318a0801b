package main

import (
	"bufio"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"strings"

	"zhunkao/hub/exchange/dbf"
	"zhunkao/protocol/gbk"
)

// tables are the commands for DBF files. They need no hub.
type tables struct {
	Show  showTable  `cmd:"" help:"Print a DBF table as UTF-8 CSV (RFC 4180). Cells that cannot be read stay empty and are named on standard error; on a terminal ? stands for control characters."`
	Check checkTable `cmd:"" help:"Print what is wrong with a DBF table, by row and field, one a line."`
}

// reading is how a table is opened.
type reading struct {
	File    string `arg:"" type:"path" help:"The table; its memo file, if it has one, beside it."`
	Charset string `enum:"gbk,gb18030," default:"" help:"Read text as gbk or gb18030 whatever the header says; gb18030, which GBK is a part of, when it says Chinese or nothing."`
}

func (o reading) open() (*dbf.File, error) {
	return dbf.Open(o.File, dbf.Options{Charset: gbk.Charset(o.Charset)})
}

// each calls row for every row and then gives all faults, in the order in which
// they came to light, to wrong.
func each(h *hand, f *dbf.File, row func(*dbf.Row) error, wrong func(dbf.Fault) error) error {
	told := 0
	tell := func(faults []dbf.Fault) error {
		for _, w := range faults {
			if err := wrong(w); err != nil {
				return err
			}
		}
		return nil
	}
	var r dbf.Row
	for {
		if err := h.ctx.Err(); err != nil {
			return err
		}
		err := f.Read(&r)
		if now := f.Faults(); len(now) > told {
			if err := tell(now[told:]); err != nil {
				return err
			}
			told = len(now)
		}
		if errors.Is(err, io.EOF) {
			return nil
		}
		if err != nil {
			return err
		}
		if err := tell(r.Faults); err != nil {
			return err
		}
		if err := row(&r); err != nil {
			return err
		}
	}
}

type showTable struct {
	reading
	Deleted bool `help:"Print deleted rows too; a first column _DELETED marks them with an asterisk."`
	Safe    bool `help:"Put an apostrophe before text that a spreadsheet would take for a formula. The text is then no longer exact."`
}

// Run prints the table; it ends with 2 if not all of it could be read.
func (o showTable) Run(h *hand) (err error) {
	f, err := o.open()
	if err != nil {
		return h.unreadable(o.File, err)
	}
	defer func() { err = errors.Join(err, f.Close()) }()
	out := bufio.NewWriter(h.out)
	defer func() { err = errors.Join(err, out.Flush()) }()
	cell := func(s string) string { return s }
	if file, ok := h.out.(*os.File); ok && isTerminal(file) {
		cell = plain // exact it is in a file; here it would steer the terminal
	}
	fields := f.Header().Fields
	var line []string
	if o.Deleted {
		line = append(line, "_DELETED")
	}
	for _, c := range fields {
		line = append(line, c.Name)
	}
	writeCSV(out, line)
	found := false
	err = each(h, f, func(r *dbf.Row) error {
		if r.Deleted && !o.Deleted {
			return nil
		}
		line = line[:0]
		if o.Deleted {
			line = append(line, map[bool]string{true: "*"}[r.Deleted])
		}
		for i, v := range r.Values {
			if t := fields[i].Type; o.Safe && (t == dbf.Character || t == dbf.Memo) {
				v.Text = defused(v.Text)
			}
			line = append(line, cell(v.Text))
		}
		writeCSV(out, line)
		return nil
	}, func(w dbf.Fault) error {
		found = found || !w.Harmless
		_, err := fmt.Fprintln(h.errs, w.Text(h.say == chinese))
		return err
	})
	if err == nil && found {
		err = errFound
	}
	return err
}

type checkTable struct {
	reading
	JSON bool `help:"One JSON object a line: row (0 for the file), field, code, zh, en, harmless."`
}

// Run prints the faults, harmless ones too; nothing if there are none.
func (o checkTable) Run(h *hand) (err error) {
	out := bufio.NewWriter(h.out)
	defer func() { err = errors.Join(err, out.Flush()) }()
	found := false
	say := func(w dbf.Fault) error {
		found = true
		if o.JSON {
			return json.NewEncoder(out).Encode(w)
		}
		_, err := fmt.Fprintln(out, w.Text(h.say == chinese))
		return err
	}
	f, err := o.open()
	var refused *dbf.Fault
	switch {
	case errors.As(err, &refused):
		err = say(*refused)
	case err != nil:
		return h.unreadable(o.File, err)
	default:
		defer func() { err = errors.Join(err, f.Close()) }()
		err = each(h, f, func(*dbf.Row) error { return nil }, say)
	}
	if err == nil && found {
		err = errFound
	}
	return err
}

// unreadable says why a table cannot be opened, the same for both commands.
func (h *hand) unreadable(file string, err error) error {
	var refused *dbf.Fault
	switch {
	case errors.As(err, &refused):
		fmt.Fprintln(h.errs, refused.Text(h.say == chinese))
		return errFound
	case errors.Is(err, fs.ErrNotExist):
		return refusal{"no-file", []any{file}}
	}
	return refusal{"bad-file", []any{file}}
}

// writeCSV writes one line by RFC 4180; what goes wrong is kept by the writer.
// encoding/csv changes line ends within a value, and so is not used.
func writeCSV(out *bufio.Writer, line []string) {
	for i, v := range line {
		if i > 0 {
			_ = out.WriteByte(',')
		}
		if strings.ContainsAny(v, ",\"\r\n") || v == "" && len(line) == 1 {
			v = `"` + strings.ReplaceAll(v, `"`, `""`) + `"`
		}
		_, _ = out.WriteString(v)
	}
	_, _ = out.WriteString("\r\n")
}

// defused keeps a spreadsheet from taking text for a formula.
func defused(v string) string {
	if v != "" && strings.ContainsRune("=+-@\t\r", rune(v[0])) {
		return "'" + v
	}
	return v
}
