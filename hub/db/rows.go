package db

import (
	"context"
	"fmt"
	"math/bits"
	"strconv"
	"strings"
)

// rowsAtOnce is how many rows one statement takes on PostgreSQL, where each
// statement is a way to the server and back. On SQLite it is one row: a statement
// of several that may fail half-way keeps a copy of every page it changes, and
// the driver looks for each value among all of them (measured: with 64 rows of
// the widest table it took ten times as long as with one).
const rowsAtOnce = 64

// Kind says which database it is: for the few statements of which each of the two
// has its own quick form.
func (t *Tx) Kind() Kind { return t.kind }

// Many runs a statement for many rows of equal width and returns how many rows
// it changed. text gets the rows as "($1, $2), ($3, $4)" and writes the
// statement around them. So that a few texts stay prepared for ever, rows go in
// powers of two.
func (t *Tx) Many(ctx context.Context, rows [][]any, text func(values string) string) (int64, error) {
	for _, r := range rows {
		if len(r) != len(rows[0]) {
			return 0, errWidth(r, rows[0])
		}
	}
	var changed int64
	for len(rows) > 0 {
		n := min(len(rows), rowsAtOnce)
		if t.kind == SQLite {
			n = 1
		}
		n = 1 << (bits.Len(uint(n)) - 1)
		args, err := flat(rows[:n])
		if err != nil {
			return 0, err
		}
		c, err := t.Exec(ctx, text(Values(n, len(rows[0]), 0)), args...)
		if err != nil {
			return 0, err
		}
		changed, rows = changed+c, rows[n:]
	}
	return changed, nil
}

// Insert puts rows into a table, written with its columns as "pairs (a, b)": what
// Many does with INSERT INTO … VALUES …, and quicker: on PostgreSQL all of them go in
// one statement, column by column, on SQLite a few in each. In a column all values are of
// one kind: string, int64, int, bool or []byte. After an error some may be there: the
// transaction is to be given up, as PostgreSQL asks in any case.
func (t *Tx) Insert(ctx context.Context, into string, rows [][]any) (int64, error) {
	if len(rows) == 0 {
		return 0, nil
	}
	width := len(rows[0])
	for _, r := range rows {
		if len(r) != width {
			return 0, errWidth(r, rows[0])
		}
	}
	if t.kind == SQLite || len(rows) == 1 {
		return t.fewByFew(ctx, into, rows)
	}
	args, marks := make([]any, width), make([]string, width)
	for i := range args {
		var kind string
		var err error
		if args[i], kind, err = column(rows, i); err != nil {
			return 0, err
		}
		marks[i] = "$" + strconv.Itoa(i+1) + "::" + kind
	}
	return t.Exec(ctx, `INSERT INTO `+into+` SELECT * FROM unnest(`+strings.Join(marks, ", ")+`)`, args...)
}

// What one statement takes on SQLite: half of what a row of the journal costs by itself is
// what a statement costs (measured: 11 µs of CPU, and 6 in fours or eights). The driver
// looks for each value among all of a statement, so of wide rows fewer go together.
const (
	fewRows   = 8
	fewValues = 80
)

// fewByFew is Insert on SQLite. A statement that fails half-way would keep a copy of every
// page that it changes, to take itself back; OR FAIL has it leave that to the transaction.
func (t *Tx) fewByFew(ctx context.Context, into string, rows [][]any) (changed int64, err error) {
	width := len(rows[0])
	for len(rows) > 0 {
		n, verb := 1, `INSERT INTO `
		for n < fewRows && 2*n <= len(rows) && 2*n*width <= fewValues {
			n, verb = 2*n, `INSERT OR FAIL INTO `
		}
		args, err := flat(rows[:n])
		if err != nil {
			return 0, err
		}
		c, err := t.Exec(ctx, verb+into+` VALUES `+Values(n, width, 0), args...)
		if err != nil {
			return 0, err
		}
		changed, rows = changed+c, rows[n:]
	}
	return changed, nil
}

// column gives the values of a column in the type of its first one, and the name that
// PostgreSQL has for their array.
func column(rows [][]any, i int) (values any, kind string, err error) {
	switch rows[0][i].(type) {
	case string:
		values, err = columnOf[string](rows, i)
		return values, "text[]", err
	case int64:
		values, err = columnOf[int64](rows, i)
		return values, "bigint[]", err
	case int:
		values, err = columnOf[int](rows, i)
		return values, "bigint[]", err
	case bool:
		values, err = columnOf[bool](rows, i)
		return values, "boolean[]", err
	case []byte:
		values, err = columnOf[[]byte](rows, i)
		return values, "bytea[]", err
	}
	return nil, "", fmt.Errorf("db: a column of %T", rows[0][i])
}

func columnOf[T any](rows [][]any, i int) ([]T, error) {
	out := make([]T, len(rows))
	for n, r := range rows {
		v, ok := r[i].(T)
		if !ok {
			return nil, fmt.Errorf("db: a %T in a column of %T", r[i], v)
		}
		out[n] = v
	}
	return out, nil
}

func flat(rows [][]any) ([]any, error) {
	out := make([]any, 0, len(rows)*len(rows[0]))
	for _, r := range rows {
		if len(r) != len(rows[0]) {
			return nil, errWidth(r, rows[0])
		}
		out = append(out, r...)
	}
	return out, nil
}

func errWidth(a, b []any) error {
	return fmt.Errorf("db: a row of %d values beside one of %d", len(a), len(b))
}

// Values writes rows of placeholders, "($1, $2), ($3, $4)", that follow `after`
// other arguments.
func Values(rows, width, after int) string {
	var b strings.Builder
	b.Grow(rows * (width*7 + 2))
	var digits [20]byte
	for i := range rows {
		if i > 0 {
			b.WriteString(", ")
		}
		b.WriteByte('(')
		for j := range width {
			if j > 0 {
				b.WriteString(", ")
			}
			after++
			b.WriteByte('$')
			b.Write(strconv.AppendInt(digits[:0], int64(after), 10))
		}
		b.WriteByte(')')
	}
	return b.String()
}

// Asked lays out rows that a query joins with: as many as the next power of
// two, the last one repeated, so that there are few texts. It gives the
// placeholders and the arguments. Rows must not be empty.
func Asked(rows [][]any) (string, []any, error) { return AskedAfter(0, rows) }

// AskedAfter is Asked behind so many other arguments.
func AskedAfter(after int, rows [][]any) (string, []any, error) {
	n := 1 << bits.Len(uint(len(rows)-1))
	args, err := flat(rows)
	if err != nil {
		return "", nil, err
	}
	for range n - len(rows) {
		args = append(args, rows[len(rows)-1]...)
	}
	return Values(n, len(rows[0]), after), args, nil
}

// Among writes that a column is one of some texts, which stand behind so many other
// arguments: "number "+Among. It gives the texts as arguments. PostgreSQL gets one
// list, for which it looks into the column's index; VALUES it joins, with a scan of the
// whole table where that looks cheaper. Texts must not be empty.
func (t *Tx) Among(after int, texts []string) (string, []any) {
	if t.kind == PostgreSQL {
		return "= ANY($" + strconv.Itoa(after+1) + "::text[])", []any{texts}
	}
	rows := make([][]any, len(texts))
	for i, v := range texts {
		rows[i] = []any{v}
	}
	values, args, _ := AskedAfter(after, rows) // one wide, all of them
	return "IN (VALUES " + values + ")", args
}
