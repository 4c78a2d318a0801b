// Provision is the technician's tool.
package main

import (
	"context"
	"os"
	"os/signal"
	"syscall"

	"github.com/alecthomas/kong"
)

var version = "unknown" // set by the build

type commands struct {
	Version kong.VersionFlag `help:"Print the version."`
	Enrol   enrolCommand     `cmd:"" help:"Give the box on this machine its identity, with a ticket from the hub."`
	Fonts   fontsCommand     `cmd:"" help:"Make the bundle of fonts that papers are printed with."`
}

func main() {
	var c commands
	k := kong.Parse(&c, kong.Name("provision"), kong.UsageOnError(), kong.Vars{"version": version},
		kong.Description("The technician's tool: takes a box through its life, step by step."))
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM)
	defer stop()
	k.BindTo(ctx, (*context.Context)(nil))
	k.FatalIfErrorf(k.Run())
}
