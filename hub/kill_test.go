package hub_test

import (
	"bufio"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"log/slog"
	"math/rand/v2"
	"os"
	"os/exec"
	"os/signal"
	"syscall"
	"testing"
	"time"

	"zhunkao/hub"
	"zhunkao/hub/blob"
	"zhunkao/hub/datadir"
	"zhunkao/hub/db"
	"zhunkao/hub/intake"
	"zhunkao/hub/journal"
	"zhunkao/hub/keys"
	"zhunkao/hub/staff"
	"zhunkao/protocol"
)

// childData names the data directory to a process that is a hub to be killed.
const childData = "ZHUNKAO_TEST_HUB"

func TestMain(m *testing.M) {
	if dir := os.Getenv(childData); dir != "" {
		if err := child(dir, os.Getenv(childData+"_MQTT")); err != nil {
			fmt.Fprintln(os.Stderr, err)
			os.Exit(1)
		}
		os.Exit(0)
	}
	os.Exit(m.Run())
}

// child is hubd, but that it prints where it listens.
func child(dir, mqtt string) error {
	ctx, stop := signal.NotifyContext(context.Background(), syscall.SIGTERM)
	defer stop()
	h, err := hub.Open(ctx, hub.Config{Data: dir, Listen: "127.0.0.1:0", Door: "127.0.0.1:0", MQTT: mqtt,
		Log: slog.New(slog.NewJSONHandler(os.Stderr, &slog.HandlerOptions{Level: slog.LevelWarn}))})
	if err != nil {
		return err
	}
	if err := json.NewEncoder(os.Stdout).Encode(h.Addresses()); err != nil {
		return err
	}
	err = h.Run(ctx)
	if closed := h.Close(); err == nil {
		err = closed
	}
	return err
}

// process is a running child.
type process struct {
	cmd *exec.Cmd
	at  hub.Addresses
}

func (s *site) spawn(mqtt string) process {
	s.t.Helper()
	cmd := exec.Command(os.Args[0])
	cmd.Env = append(os.Environ(), childData+"="+s.dir, childData+"_MQTT="+mqtt)
	cmd.Stderr = s.log
	out, err := cmd.StdoutPipe()
	s.must(err)
	s.must(cmd.Start())
	s.t.Cleanup(func() { _ = cmd.Process.Kill(); _ = cmd.Wait() })
	line, err := bufio.NewReader(out).ReadBytes('\n')
	if err != nil {
		s.t.Fatalf("the hub did not start: %v\n%s", err, s.log)
	}
	p := process{cmd: cmd}
	s.must(json.Unmarshal(line, &p.at))
	return p
}

// TestKilledAtAnyMoment kills the hub again and again while a box drains its
// outbox of everything that a point seals, in any order: what was receipted is
// there, each once, with all that it does; then while the box is retired; and the
// whole store checks (promises P1, P2; faults 14, 15, 18).
func TestKilledAtAnyMoment(t *testing.T) {
	s := newSite(t)
	clerk, head := s.hire("clerk", staff.Clerk), s.hire("head", staff.PointHead)
	kills := 6
	if testing.Short() {
		kills = 2
	}
	p := s.spawn("127.0.0.1:0")
	b, code := s.enrol(s.ticket())
	if code != 200 {
		t.Fatalf("enrolment: status %d\n%s", code, s.log)
	}
	work := b.work(clerk, head)
	outbox := map[protocol.Hash]record{}
	receipts := map[protocol.Hash]protocol.Receipt{}
	sealed := 0
	deadline := time.Now().Add(2 * time.Minute)
	for kills >= 0 || len(outbox) > 0 {
		if time.Now().After(deadline) {
			t.Fatalf("%d records never got their receipts\n%s", len(outbox), s.log)
		}
		if err := b.connect(); err != nil {
			t.Fatalf("not let in: %v\n%s", err, s.log)
		}
		b.hello()
		for range 4 {
			if sealed < len(work) {
				r := work[sealed]()
				outbox[r.Hash()] = r
				sealed++
			}
		}
		for _, r := range outbox {
			b.tell(r)
		}
		last := kills < 0
		kill := time.After(time.Duration(rand.IntN(60)) * time.Millisecond)
		if last {
			kill = time.After(5 * time.Second) // then say everything again
		}
		b.settle(outbox, receipts, kill)
		if last {
			continue
		}
		kills--
		s.must(p.cmd.Process.Kill())
		_ = p.cmd.Wait() // it was killed: that is no news
		p = s.spawn(p.at.MQTT)
	}
	p = s.retiredAtLast(p, b)
	s.must(p.cmd.Process.Signal(syscall.SIGTERM))
	if err := p.cmd.Wait(); err != nil {
		t.Errorf("the hub did not end in order: %v", err)
	}
	if len(receipts) != sealed || sealed <= kinds {
		t.Errorf("%d receipts for %d records", len(receipts), sealed)
	}
	s.examine(receipts)
}

// examine looks at what lies on the disk of a stopped hub.
func (s *site) examine(receipts map[protocol.Hash]protocol.Receipt) {
	s.t.Helper()
	ctx, dir := context.Background(), datadir.Dir(s.dir)
	d, err := db.Open(ctx, dir.Database())
	s.must(err)
	defer d.Close()
	blobs, err := blob.Open(dir.Blobs())
	s.must(err)
	defer blobs.Close()
	ring, err := keys.Open(dir.Keys(), keys.Options{})
	s.must(err)
	stored := map[string]int64{}
	s.must(d.Read(ctx, func(tx *db.Tx) error {
		err := tx.Each(ctx, `SELECT hash, at FROM envelope WHERE chained`, nil, func(scan func(...any) error) error {
			var hash string
			var at int64
			err := scan(&hash, &at)
			stored[hash] = at
			return err
		})
		return errors.Join(err, s.counted(ctx, tx, len(receipts)))
	}))
	for h, r := range receipts {
		if r.Outcome != protocol.Accepted || stored[h.String()] != int64(r.At) {
			s.t.Errorf("receipt %+v, stored at %d", r, stored[h.String()])
		}
	}
	if len(stored) != len(receipts) {
		s.t.Errorf("%d records stored, %d receipted", len(stored), len(receipts))
	}
	fsck, err := intake.Fsck(ctx, d, blobs)
	s.must(err)
	if !fsck.OK() {
		s.t.Errorf("fsck %+v", fsck)
	}
	report, err := journal.Verify(ctx, d, dir.Checkpoints(), ring)
	s.must(err)
	if !report.OK() {
		s.t.Errorf("journal %+v", report.Findings)
	}
}

// settle takes receipts until the outbox is empty, the connection is lost, or
// the time has come. The same envelope must always get the same receipt.
func (b *box) settle(outbox map[protocol.Hash]record, receipts map[protocol.Hash]protocol.Receipt, until <-chan time.Time) {
	for len(outbox) > 0 {
		select {
		case <-until:
			return
		case <-b.lost:
			return
		case m := <-b.heard:
			_, kind, err := protocol.ParseDownTopic(m.Topic())
			b.s.must(err)
			if kind != protocol.KindReceipts {
				continue
			}
			var r protocol.Receipts
			b.s.must(protocol.OpenStatement(kind, m.Payload(), b.keys, &r))
			for _, e := range r.Entries {
				if old, ok := receipts[e.Envelope]; ok && old != e {
					b.s.t.Errorf("second receipt %+v, first %+v", e, old)
				}
				receipts[e.Envelope] = e
				delete(outbox, e.Envelope)
			}
		}
	}
	<-until
}
