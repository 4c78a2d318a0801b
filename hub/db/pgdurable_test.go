package db_test

import (
	"errors"
	"testing"

	"zhunkao/hub/db"
	"zhunkao/hub/db/dbtest"
)

func TestPostgresRefusesAsynchronousCommit(t *testing.T) {
	url := dbtest.PostgresURL(t)
	if d, err := db.Open(t.Context(), url+"&options=-csynchronous_commit%3Doff"); !errors.Is(err, db.ErrNotDurable) {
		t.Errorf("Open = %v, %v; want ErrNotDurable", d, err)
	}
}
