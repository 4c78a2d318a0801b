// Provision is the technician's tool.
package main

import (
	"context"
	"errors"
	"os"
	"os/signal"
	"strconv"
	"syscall"

	"github.com/alecthomas/kong"
)

var version = "unknown" // set by the build

type commands struct {
	Version kong.VersionFlag `help:"Print the version."`
	Enrol   enrolCommand     `cmd:"" help:"Give the box on this machine its identity, with a ticket from the hub."`
	Fonts   fontsCommand     `cmd:"" help:"Make the bundle of fonts that papers are printed with."`
	Retire  retireCommand    `cmd:"" help:"Empty the box on this machine for good, and have it sign that nothing is left."`
	Kit     kitCommand       `cmd:"" help:"Compare this machine with the least that the campaign asks of its office, and make the acceptance sheet. Exit code: 0 passed, 3 something failed, 2 somebody must look, 1 it could not be done."`
}

// exitCode ends the program with a code and nothing more to say.
type exitCode int

func (c exitCode) Error() string { return "exit code " + strconv.Itoa(int(c)) }

func main() {
	var c commands
	k := kong.Parse(&c, kong.Name("provision"), kong.UsageOnError(), kong.Vars{"version": version},
		kong.Description("The technician's tool: takes a box through its life, step by step."))
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM)
	defer stop()
	k.BindTo(ctx, (*context.Context)(nil))
	err := k.Run()
	var code exitCode
	if errors.As(err, &code) {
		stop()
		os.Exit(int(code))
	}
	k.FatalIfErrorf(err)
}
