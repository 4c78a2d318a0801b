package db

import (
	"database/sql"
	"errors"
	"path/filepath"
	"testing"
)

// The handles that Open hands out run with FULL, on every connection, and one
// that does not is refused (finding 6 of the fault book: NORMAL lost rows).
func TestSQLiteRefusesLessThanFull(t *testing.T) {
	path := filepath.Join(t.TempDir(), "hub.db")
	d, err := Open(t.Context(), "sqlite:"+path)
	if err != nil {
		t.Fatal(err)
	}
	defer d.Close()
	for name, pool := range map[string]*sql.DB{"write": d.write, "read": d.read} {
		var conns []*sql.Conn
		for range pool.Stats().MaxOpenConnections {
			c, err := pool.Conn(t.Context())
			if err != nil {
				t.Fatal(err)
			}
			conns = append(conns, c)
			if err := assertSQLite(t.Context(), c); err != nil {
				t.Errorf("%s pool: %v", name, err)
			}
		}
		for _, pragma := range []string{"synchronous=NORMAL", "synchronous=OFF", "foreign_keys=0"} {
			c := conns[0]
			if _, err := c.ExecContext(t.Context(), "PRAGMA "+pragma); err != nil {
				t.Fatal(err)
			}
			if err := assertSQLite(t.Context(), c); !errors.Is(err, ErrNotDurable) {
				t.Errorf("%s: %v, want ErrNotDurable", pragma, err)
			}
			if _, err := c.ExecContext(t.Context(), "PRAGMA synchronous=FULL; PRAGMA foreign_keys=1"); err != nil {
				t.Fatal(err)
			}
		}
		for _, c := range conns {
			if err := c.Close(); err != nil {
				t.Fatal(err)
			}
		}
	}
}
