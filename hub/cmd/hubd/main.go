// Command hubd is the hub: the pages of the offices, the door and the broker
// of the boxes, the database. Its data directory is made by `hubctl create`.
package main

import (
	"context"
	"fmt"
	"log/slog"
	"os"
	"os/signal"
	"runtime/debug"
	"syscall"

	"github.com/alecthomas/kong"

	"zhunkao/hub"
)

func main() {
	var f flags
	kong.Parse(&f, kong.Name("hubd"), kong.UsageOnError(),
		kong.Description("The hub of a province: pages for the offices, broker and door for the boxes."))
	// Every record brings some hundred KB of short-lived buffers beside a small
	// live heap: collecting at twice that would take a tenth of the CPU.
	debug.SetGCPercent(300)
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM)
	defer stop()
	if err := run(ctx, f.config(slog.New(slog.NewJSONHandler(os.Stderr, nil)))); err != nil {
		fmt.Fprintln(os.Stderr, "hubd:", err)
		os.Exit(1)
	}
}

func run(ctx context.Context, c hub.Config) error {
	h, err := hub.Open(ctx, c)
	if err != nil {
		return err
	}
	err = h.Run(ctx)
	if closed := h.Close(); err == nil {
		err = closed
	}
	return err
}
