package rehearsal_test

import (
	"context"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"

	"zhunkao/protocol/form"
	"zhunkao/provisioning/rehearsal"
)

// TestHubKilledAtEveryWrite kills the hub inside its n-th write that matters
// for durability, for each kind of such a call (a running hub renames nothing),
// while a record arrives; starts
// it again; and wants every record that was shown as 已受理 there exactly once
// (faults 14 and 15, promises P1 and P2). strace counts calls by thread, so one
// n stands for several moments; the run goes on until a hub has outlived it.
func TestHubKilledAtEveryWrite(t *testing.T) {
	if _, err := exec.LookPath("strace"); err != nil {
		if os.Getenv("CI") == "true" {
			t.Fatal("strace is missing: apt-get install strace")
		}
		t.Skip("no strace: apt-get install strace")
	}
	moments := []int{1, 2, 4, 9, 20}
	if os.Getenv("ZHUNKAO_LONG") != "" {
		moments = moments[:0]
		for n := range 400 {
			moments = append(moments, n+1)
		}
	}
	for _, call := range []string{"fdatasync", "pwrite64", "fsync"} {
		t.Run(call, func(t *testing.T) {
			t.Parallel()
			ctx, cancel := context.WithCancel(context.Background())
			defer cancel()
			p, err := rehearsal.Open(ctx, bin, filepath.Join(t.TempDir(), "p"))
			if err != nil {
				t.Fatal(err)
			}
			err = killLoop(ctx, t, p, call, moments)
			if closed := p.Close(); err == nil {
				err = closed
			}
			if err != nil {
				t.Fatalf("%v\n%s", err, p.Logs())
			}
		})
	}
}

func killLoop(ctx context.Context, t *testing.T, p *rehearsal.Province, call string, moments []int) error {
	if err := p.StartHub(ctx); err != nil {
		return err
	}
	box, err := p.NewBox(ctx, "A", "43010401")
	if err != nil {
		return err
	}
	if err := box.Start(ctx); err != nil {
		return err
	}
	if _, err := box.Person.Sees(ctx, "idle"); err != nil {
		return err
	}
	cards, killed, confirmed := p.Cards(""), 0, 0
	for _, n := range moments {
		if confirmed == len(cards) {
			break
		}
		if err := p.KillHub(ctx); err != nil {
			return err
		}
		p.Inject(fmt.Sprintf("%s:signal=SIGKILL:when=%d", call, n))
		if err := p.StartHub(ctx); err != nil && !p.HubDied() {
			return err
		}
		if err := visit(ctx, box, cards[confirmed].Card); err != nil {
			return fmt.Errorf("%s %d: %w", call, n, err)
		}
		confirmed++
		died, err := diedOrDelivered(ctx, p, box)
		if err != nil {
			return fmt.Errorf("%s %d: %w", call, n, err)
		}
		if died {
			killed++
		}
		p.Inject("")
		if err := p.KillHub(ctx); err != nil {
			return err
		}
		if err := p.StartHub(ctx); err != nil {
			return fmt.Errorf("%s %d: the hub does not come back: %w", call, n, err)
		}
		if err := once(ctx, p, int64(confirmed)); err != nil {
			return fmt.Errorf("%s %d: %w", call, n, err)
		}
		if err := box.Person.Done(ctx); err != nil {
			return fmt.Errorf("%s %d: %w", call, n, err)
		}
		box.Lift()
	}
	if killed == 0 {
		return fmt.Errorf("%s: no hub was killed; the test proves nothing", call)
	}
	t.Logf("%s: %d records, the hub was killed %d times", call, confirmed, killed)
	return nil
}

func visit(ctx context.Context, box *rehearsal.Box, card form.Chip) error {
	if _, err := box.Person.Sees(ctx, "idle"); err != nil {
		return err
	}
	if err := box.Place(card); err != nil {
		return err
	}
	return box.Person.Confirm(ctx)
}

// diedOrDelivered waits for the one or the other.
func diedOrDelivered(ctx context.Context, p *rehearsal.Province, box *rehearsal.Box) (died bool, err error) {
	err = rehearsal.Until(ctx, rehearsal.Wait, func() error {
		if died = p.HubDied(); died {
			return nil
		}
		seen, err := box.Person.Look(ctx)
		if err != nil {
			return err
		}
		if !strings.Contains(seen.Text, "已送达省中心") {
			return errors.New("the hub neither died nor sent a receipt")
		}
		return nil
	})
	return died, err
}

// once wants n records of n applications.
func once(ctx context.Context, p *rehearsal.Province, n int64) error {
	return rehearsal.Until(ctx, rehearsal.Wait, func() error {
		t, err := p.Count(ctx)
		if err != nil {
			return err
		}
		if t.Confirmed != n || t.Distinct != n || t.Quarantined != 0 {
			return fmt.Errorf("%d records of %d applications, %d set aside; want %d, %d and none", t.Confirmed, t.Distinct, t.Quarantined, n, n)
		}
		return nil
	})
}
