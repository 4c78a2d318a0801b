package main

import (
	"context"
	"fmt"
	"os"
	"os/signal"
	"syscall"

	"github.com/alecthomas/kong"
)

// Set when the program is built: its version, and the time of its commit.
var (
	version = "dev"
	built   = "" // RFC 3339
)

func main() {
	var c commands
	parser, err := kong.New(&c, kong.Name("kioskd"), kong.UsageOnError(),
		kong.Description("The program of a box: applicant's screen, ID reader, store, way to the hub."))
	if err != nil {
		panic(err) // our own mistake: the commands are declared wrongly
	}
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM)
	defer stop()
	chosen, err := parser.Parse(os.Args[1:])
	if err != nil {
		fmt.Fprintln(os.Stderr, "kioskd:", err)
		os.Exit(exitUse)
	}
	chosen.BindTo(ctx, (*context.Context)(nil))
	if err := chosen.Run(); err != nil && ctx.Err() == nil {
		code, sentence := explain(err)
		fmt.Fprintln(os.Stderr, "kioskd:", sentence)
		os.Exit(code)
	}
}
