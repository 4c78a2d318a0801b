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
	"time"

	"zhunkao/hub/fleet"
	"zhunkao/provisioning/rehearsal"
	"zhunkao/provisioning/retire"
)

// A box with records that nobody else has is emptied: not before they are
// carried, and the hub lets go of it only when they are there.
func TestABoxIsRetired(t *testing.T) {
	t.Parallel()
	ctx := t.Context()
	p, err := rehearsal.Open(context.Background(), bin, filepath.Join(t.TempDir(), "p"))
	if err != nil {
		t.Fatal(err)
	}
	err = retired(ctx, t, p)
	if closed := p.Close(); err == nil {
		err = closed
	}
	if err != nil {
		t.Fatalf("%v\n%s", err, p.Logs())
	}
}

// A box whose records are all in a backup of the hub is retired with no stick: the
// hub's mark has told it so. What came after the mark still stops it.
func TestABackedBoxIsRetired(t *testing.T) {
	t.Parallel()
	ctx := t.Context()
	p, err := rehearsal.Open(context.Background(), bin, filepath.Join(t.TempDir(), "p"))
	if err != nil {
		t.Fatal(err)
	}
	err = backedAndRetired(ctx, t, p)
	if closed := p.Close(); err == nil {
		err = closed
	}
	if err != nil {
		t.Fatalf("%v\n%s", err, p.Logs())
	}
}

func backedAndRetired(ctx context.Context, t *testing.T, p *rehearsal.Province) error {
	if err := p.StartHub(ctx); err != nil {
		return err
	}
	box, err := p.NewBox(ctx, "A", "43010401")
	if err != nil {
		return err
	}
	o := retire.Options{Data: box.Data, Statement: filepath.Join(t.TempDir(), "retirement.cose"), Now: time.Now}
	confirm := func(n int) error {
		defer box.Lift()
		return errors.Join(box.Start(ctx), sees(ctx, box, "idle"), box.Place(p.Cards("")[n].Card), box.Person.Confirm(ctx),
			stands(ctx, p, func(b fleet.Box) bool { return b.Held == uint64(n+1) && b.Live.Waiting == 0 }))
	}
	backup := func(n int) error {
		return errors.Join(hubctl(ctx, p, fmt.Sprintf("Backup %d has begun: 1 boxes, %d records.", n, n), "backup", "begin"),
			hubctl(ctx, p, "is finished", "backup", "done", fmt.Sprint(n), "--unread"),
			stands(ctx, p, func(b fleet.Box) bool { return b.Live.Backup == uint64(n) }))
	}
	if err := errors.Join(confirm(0), backup(1), box.Stop(), confirm(1), box.Stop()); err != nil {
		return err
	}
	if _, err := retire.Retire(ctx, o); !errors.Is(err, retire.ErrOnlyHere) {
		return fmt.Errorf("a record that no backup has stops nobody: %v", err)
	}
	if err := errors.Join(box.Start(ctx), backup(2), box.Stop()); err != nil {
		return err
	}
	done, err := retire.Retire(ctx, o)
	if err != nil {
		return err
	}
	if done.Head != 2 || done.Carried != 0 || done.File != "" {
		return fmt.Errorf("retired: %+v", done)
	}
	return hubctl(ctx, p, "is retired", "retire", o.Statement)
}

// stands waits until the hub says so of its one box.
func stands(ctx context.Context, p *rehearsal.Province, ok func(fleet.Box) bool) error {
	return rehearsal.Until(ctx, rehearsal.Wait, func() error {
		boxes, err := p.Boxes(ctx)
		if err == nil && (len(boxes) != 1 || !ok(boxes[0])) {
			err = fmt.Errorf("the hub says of its box: %+v", boxes)
		}
		return err
	})
}

// hubctl runs a command that must succeed and say something.
func hubctl(ctx context.Context, p *rehearsal.Province, says string, args ...string) error {
	cmd := exec.CommandContext(ctx, filepath.Join(bin, "hubctl"), append([]string{"--data", p.HubData(), "--lang", "en"}, args...)...)
	cmd.Env = append(os.Environ(), p.Env()...)
	out, err := cmd.CombinedOutput()
	if err == nil && !strings.Contains(string(out), says) {
		err = fmt.Errorf("it says %s", out)
	}
	if err != nil {
		return fmt.Errorf("hubctl %s: %w: %s", args[0], err, out)
	}
	return nil
}

func retired(ctx context.Context, t *testing.T, p *rehearsal.Province) error {
	if err := p.StartHub(ctx); err != nil {
		return err
	}
	box, err := p.NewBox(ctx, "A", "43010401")
	if err != nil {
		return err
	}
	if err := errors.Join(box.Start(ctx), sees(ctx, box, "idle"), p.KillHub(ctx)); err != nil {
		return err
	}
	card := p.Cards("")[0].Card
	if err := errors.Join(box.Place(card), box.Person.Confirm(ctx), box.Stop(), p.StartHub(ctx)); err != nil {
		return err
	}

	carry, statement := t.TempDir(), filepath.Join(t.TempDir(), "retirement.cose")
	o := retire.Options{Data: box.Data, Statement: statement, Now: time.Now}
	if _, err := retire.Retire(ctx, o); !errors.Is(err, retire.ErrOnlyHere) {
		return fmt.Errorf("a record that is only here stops nobody: %v", err)
	}
	if err := box.Check(ctx); err != nil {
		return fmt.Errorf("a refusal changed something: %w", err)
	}
	o.Carry = carry
	done, err := retire.Retire(ctx, o)
	if err != nil {
		return err
	}
	if done.Head != 1 || done.Carried != 1 || !done.Plain {
		return fmt.Errorf("retired: %+v", done)
	}
	if left, err := os.ReadDir(box.Data); err != nil || len(left) != 0 {
		return fmt.Errorf("%d things are left in the box (%v)", len(left), err)
	}
	if err := rehearsal.NowhereIn(carry, card); err != nil {
		return err
	}

	for _, step := range []struct {
		args []string
		code int
		says string
	}{
		{[]string{"retire", filepath.Join(bin, "hubctl")}, 1, "is not the last word"},
		{[]string{"retire", statement}, 1, "hubctl import-stick"},
		{[]string{"import-stick", carry}, 0, ""},
		{[]string{"retire", statement}, 0, "is retired"},
	} {
		cmd := exec.CommandContext(ctx, filepath.Join(bin, "hubctl"), append([]string{"--data", p.HubData(), "--lang", "en"}, step.args...)...)
		cmd.Env = append(os.Environ(), p.Env()...)
		out, _ := cmd.CombinedOutput()
		if code := cmd.ProcessState.ExitCode(); code != step.code || !strings.Contains(string(out), step.says) {
			return fmt.Errorf("hubctl %s: status %d: %s", step.args[0], code, out)
		}
	}
	boxes, err := p.Boxes(ctx)
	if err != nil {
		return err
	}
	if len(boxes) != 1 || boxes[0].State != fleet.Revoked || boxes[0].StateReason != fleet.Retired {
		return fmt.Errorf("the hub has it as %s, %q", boxes[0].State, boxes[0].StateReason)
	}
	total, err := p.Count(ctx)
	if err != nil || total.Confirmed != 1 {
		return fmt.Errorf("%d confirmations are at the hub (%v)", total.Confirmed, err)
	}
	return nil
}

func sees(ctx context.Context, b *rehearsal.Box, screen string) error {
	_, err := b.Person.Sees(ctx, screen)
	return err
}
