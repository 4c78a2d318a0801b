package db

import "context"

// Lazily lets this transaction be lost in a power cut although its commit
// returned: PostgreSQL then does not wait for the disk. It is for what will be
// said again. Every other transaction of the database stays as durable as it
// was. On SQLite it changes nothing.
func (t *Tx) Lazily(ctx context.Context) error {
	if t.kind == SQLite {
		return nil
	}
	_, err := t.Exec(ctx, `SET LOCAL synchronous_commit = off`)
	return err
}
