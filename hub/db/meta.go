package db

import (
	"context"
	"crypto/rand"
	"encoding/hex"
	"errors"
	"fmt"
)

// Keys of the meta table.
const (
	metaID   = "id"
	metaDemo = "demo"
)

// Demo reports whether this database was made by the demonstration. Only then
// may a program take its clock from outside, and every page must say 演示.
func (d *DB) Demo() bool { return d.demo }

// MarkDemo marks a database as made by the demonstration. It refuses one that
// holds an account already: a real hub never becomes a demo.
func (d *DB) MarkDemo(ctx context.Context) error {
	err := d.Write(ctx, func(tx *Tx) error {
		var n int64
		if err := tx.QueryRow(ctx, `SELECT (SELECT count(*) FROM account) + (SELECT count(*) FROM applicant)`).Scan(&n); err != nil {
			return fmt.Errorf("db: mark demo: %w", err)
		}
		if n > 0 {
			return errors.New("db: a database with accounts cannot become a demonstration")
		}
		return tx.SetMeta(ctx, metaDemo, "1")
	})
	if err == nil {
		d.demo = true
	}
	return err
}

// Meta reads a value of the meta table, "" if there is none.
func (d *DB) Meta(ctx context.Context, key string) (value string, err error) {
	err = d.Read(ctx, func(tx *Tx) error {
		value, err = tx.Meta(ctx, key)
		return err
	})
	return value, err
}

// SetMeta writes a value of the meta table.
func (d *DB) SetMeta(ctx context.Context, key, value string) error {
	return d.Write(ctx, func(tx *Tx) error { return tx.SetMeta(ctx, key, value) })
}

// Meta reads a value of the meta table, "" if there is none.
func (t *Tx) Meta(ctx context.Context, key string) (string, error) {
	var v string
	err := t.QueryRow(ctx, `SELECT value FROM meta WHERE key = $1`, key).Scan(&v)
	if errors.Is(err, ErrNoRows) {
		return "", nil
	}
	if err != nil {
		return "", fmt.Errorf("db: meta %s: %w", key, err)
	}
	return v, nil
}

// SetMeta writes a value of the meta table.
func (t *Tx) SetMeta(ctx context.Context, key, value string) error {
	_, err := t.Exec(ctx, `INSERT INTO meta (key, value) VALUES ($1, $2)
		ON CONFLICT (key) DO UPDATE SET value = excluded.value`, key, value)
	if err != nil {
		return fmt.Errorf("db: set meta %s: %w", key, err)
	}
	return nil
}

// loadMeta reads id and demo mark; create draws the id of a fresh database.
func (d *DB) loadMeta(ctx context.Context, create bool) error {
	load := func(tx *Tx) (err error) {
		if d.id, err = tx.Meta(ctx, metaID); err != nil {
			return err
		}
		mark, err := tx.Meta(ctx, metaDemo)
		d.demo = mark == "1"
		return err
	}
	if err := d.Read(ctx, load); err != nil || d.id != "" || !create {
		return err
	}
	return d.Write(ctx, func(tx *Tx) error {
		if err := load(tx); err != nil || d.id != "" {
			return err
		}
		var id [16]byte
		_, _ = rand.Read(id[:]) // never fails (Go 1.24)
		d.id = hex.EncodeToString(id[:])
		return tx.SetMeta(ctx, metaID, d.id)
	})
}
