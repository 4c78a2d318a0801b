package idcard_test

import (
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"log/slog"
	"testing"
	"time"

	"zhunkao/hw/idcard"
	"zhunkao/hw/idcardtest"
)

func contextFor(t *testing.T) (context.Context, context.CancelFunc) {
	t.Helper()
	return context.WithCancel(context.Background())
}

// waitFor waits until the emulator's state satisfies ok.
func waitFor(t *testing.T, emu *idcardtest.Reader, ok func() bool) {
	t.Helper()
	end := time.After(patience)
	for {
		changed := emu.Changed()
		if ok() {
			return
		}
		select {
		case <-changed:
		case <-end:
			t.Fatal("it did not come to pass")
		}
	}
}

// answered says whether the emulator has answered cmd.
func answered(emu *idcardtest.Reader, cmd string) bool {
	for _, e := range emu.Log() {
		if e.Cmd == cmd && e.SW != "" {
			return true
		}
	}
	return false
}

// printed is a card event in every form a careless line of code might print.
func printed(e idcard.CardRead) string {
	var b bytes.Buffer
	for _, v := range []any{e, &e, e.Card, *e.Card, []*idcard.Card{e.Card}, map[string]idcard.Card{"c": *e.Card}} {
		fmt.Fprintf(&b, "%v %+v %#v %s %q %x\n", v, v, v, v, v, v)
		j, err := json.Marshal(v)
		fmt.Fprintf(&b, "%s %v\n", j, err)
		slog.New(slog.NewTextHandler(&b, nil)).Info("x", "v", v)
		slog.New(slog.NewJSONHandler(&b, nil)).Info("x", "v", v)
	}
	return b.String()
}
