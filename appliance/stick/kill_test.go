package stick_test

import (
	"bufio"
	"context"
	"fmt"
	"log/slog"
	"os"
	"os/exec"
	"slices"
	"testing"
	"time"

	"zhunkao/appliance/stick"
	hw "zhunkao/hw/stick"
)

// The helper is this test binary started again: it seals records while a keeper
// follows, and prints the hash of each that the keeper says is on the stick,
// until it is killed.
const helperStick = "STICKTEST_STICK"

func helper(t *testing.T, dir string) {
	b := newBox(t)
	sticks := make(chan hw.Event, 1)
	k := stick.New(stick.Options{Store: b.Store, Box: b.id.Box, Sticks: sticks, Log: slog.New(slog.DiscardHandler)})
	go func() { _ = k.Run(context.Background()) }() // until the kill
	sticks <- hw.Event{Dir: dir}
	for {
		rec := b.commit()
		k.Sealed()
		for (k.State() != stick.State{}) {
			time.Sleep(50 * time.Microsecond)
		}
		fmt.Println("kept " + rec.Hash().String())
	}
}

// Killed at whatever moment, the stick has every record that was said to be on it,
// whole, and what comes after the kill is written into another file.
func TestKilled(t *testing.T) {
	if dir := os.Getenv(helperStick); dir != "" {
		helper(t, dir)
		return
	}
	for round := range 8 {
		dir := t.TempDir()
		cmd := exec.CommandContext(t.Context(), os.Args[0], "-test.run", "^TestKilled$")
		cmd.Env = append(os.Environ(), helperStick+"="+dir)
		out, err := cmd.StdoutPipe()
		if err != nil {
			t.Fatal(err)
		}
		if err := cmd.Start(); err != nil {
			t.Fatal(err)
		}
		var said []string
		lines := bufio.NewScanner(out)
		for lines.Scan() {
			var hash string
			if _, err := fmt.Sscanf(lines.Text(), "kept %s", &hash); err != nil {
				t.Errorf("the helper said %q", lines.Text())
				break
			}
			// Somewhere in the next record: each round a little later in it.
			if said = append(said, hash); len(said) == 3+round {
				time.Sleep(time.Duration(round) * time.Millisecond)
				if err := cmd.Process.Kill(); err != nil {
					t.Fatal(err)
				}
			}
		}
		_ = cmd.Wait() // it was killed
		var found []string
		for _, h := range on(t, dir) {
			found = append(found, h.String())
		}
		for _, h := range said {
			if !slices.Contains(found, h) {
				t.Errorf("round %d: a record that was said to be on the stick is not whole there", round)
			}
		}
		if len(said) < 3+round {
			t.Errorf("round %d: only %d records", round, len(said))
		}
	}
}
