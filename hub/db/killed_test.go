package db_test

import (
	"bufio"
	"context"
	"fmt"
	"os"
	program "os/exec"
	"path/filepath"
	"strings"
	"sync"
	"testing"

	"zhunkao/hub/db"
)

// inside is the environment variable that makes this test's own program the one
// that is killed.
const inside = "ZHUNKAO_TEST_WRITES"

// TestAnsweredWritesOutliveTheProgram kills a program whose many writers share
// commits, over and over: what it had said is written is there, whole, what it
// had refused is not, and nothing stands by half.
func TestAnsweredWritesOutliveTheProgram(t *testing.T) {
	if path := os.Getenv(inside); path != "" {
		writeUntilKilled(t, path)
		return
	}
	path := filepath.Join(t.TempDir(), "hub.db")
	said := 0
	for round := range 6 {
		said += len(killed(t, path, round, 40+60*round))
	}
	if said == 0 {
		t.Error("nothing was ever written")
	}
}

// killed runs the program until it has said so many lines, kills it, and holds
// the database against them.
func killed(t *testing.T, path string, round, lines int) (written []string) {
	t.Helper()
	cmd := program.Command(os.Args[0], "-test.run=^TestAnsweredWritesOutliveTheProgram$")
	cmd.Env = append(os.Environ(), inside+"="+path, fmt.Sprintf("ROUND=%d", round))
	out, err := cmd.StdoutPipe()
	if err != nil {
		t.Fatal(err)
	}
	if err := cmd.Start(); err != nil {
		t.Fatal(err)
	}
	var refused []string
	for s := bufio.NewScanner(out); s.Scan(); {
		switch word, key, _ := strings.Cut(s.Text(), " "); word {
		case "written":
			written = append(written, key)
		case "refused":
			refused = append(refused, key)
		default:
			t.Errorf("the program said: %s", s.Text())
		}
		if len(written)+len(refused) == lines {
			_ = cmd.Process.Kill() // what it said until then still comes
		}
	}
	_ = cmd.Wait() // killed
	d, err := db.Open(t.Context(), "sqlite:"+path)
	if err != nil {
		t.Fatal(err)
	}
	defer d.Close()
	for _, key := range written {
		if n := there(t, d, key+"-%"); n != 2 {
			t.Errorf("round %d: %d of the 2 rows of %s, which was said to be written", round, n, key)
		}
	}
	for _, key := range refused {
		if n := there(t, d, key+"-%"); n != 0 {
			t.Errorf("round %d: %d rows of %s, which was refused", round, n, key)
		}
	}
	if n := there(t, d, "%-1") - there(t, d, "%-2"); n != 0 {
		t.Errorf("round %d: %d stand by half", round, n)
	}
	return written
}

func writeUntilKilled(t *testing.T, path string) {
	d, err := db.Open(context.Background(), "sqlite:"+path)
	if err != nil {
		t.Fatal(err)
	}
	var mu sync.Mutex // guards the output
	var all sync.WaitGroup
	for w := range 8 {
		all.Go(func() {
			for i := 0; ; i++ {
				key, word := fmt.Sprintf("k%s-%d-%d", os.Getenv("ROUND"), w, i), "written"
				err := d.Write(context.Background(), func(tx *db.Tx) error {
					if err := put(context.Background(), tx, key+"-1"); err != nil {
						return err
					}
					if i%5 == 4 {
						return os.ErrInvalid
					}
					return put(context.Background(), tx, key+"-2")
				})
				if err != nil {
					word = "refused"
				}
				mu.Lock()
				fmt.Println(word, key)
				mu.Unlock()
			}
		})
	}
	all.Wait()
}
