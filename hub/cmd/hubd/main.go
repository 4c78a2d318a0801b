// Command hubd is the hub: the pages of the offices, the door and the broker
// of the boxes, the database. Its data directory is made by `hubctl create`.
package main

import (
	"context"
	"fmt"
	"log/slog"
	"os"
	"os/signal"
	"runtime"
	"runtime/debug"
	"syscall"

	"github.com/alecthomas/kong"
)

var version = "dev" // set when the program is built

// memoryLimit is in bytes. What the hub holds at its busiest stays far below.
const memoryLimit = 2 << 30

// diskWaits is how many goroutines wait for the disk at a time: the segments' and
// the database's. Each keeps what Go calls a processor until the runtime takes it
// away, which can be after the disk has answered: with one for each core and no
// more, cores stand idle while records wait.
const diskWaits = 2

func main() {
	var f flags
	kong.Parse(&f, kong.Name("hubd"), kong.UsageOnError(), kong.Vars{"version": version},
		kong.Description("The hub of a province: pages for the offices, broker and door for the boxes."))
	// Every record brings some hundred KB of short-lived buffers beside a small
	// live heap: collecting at twice that would take a tenth of the CPU.
	debug.SetGCPercent(300)
	if os.Getenv("GOMAXPROCS") == "" {
		runtime.GOMAXPROCS(runtime.GOMAXPROCS(0) + diskWaits)
	}
	debug.SetMemoryLimit(memoryLimit) // from there on every collection that helps is made
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM)
	defer stop()
	if err := run(ctx, f.config(slog.New(slog.NewJSONHandler(os.Stderr, nil)))); err != nil {
		fmt.Fprintln(os.Stderr, "hubd:", err)
		os.Exit(1)
	}
}
