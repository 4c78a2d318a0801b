// Demo is what `make run` starts: the shipped programs over a folder of
// synthetic data, in the campaign's own time.
package main

import (
	"context"
	"fmt"
	"os"
	"os/signal"
	"syscall"

	"github.com/alecthomas/kong"

	"zhunkao/provisioning/demo"
)

var version = "unknown" // set by the build

func main() {
	var c struct {
		Version  kong.VersionFlag `help:"Print the version."`
		Bin      string           `default:"bin" type:"path" help:"Folder of the shipped programs."`
		Data     string           `default:".demo" type:"path" help:"Folder of the demonstration's data."`
		Campaign string           `default:"adult2019" help:"Examination to play: adult2019 or gaokao2014."`
		Port     int              `default:"8600" help:"First of ten loopback ports."`
	}
	kong.Parse(&c, kong.Name("demo"), kong.Vars{"version": version})
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM)
	defer stop()
	err := demo.Run(ctx, demo.Options{Campaign: c.Campaign, Bin: c.Bin, Data: c.Data, Ports: demo.Ports{Base: c.Port}, Out: os.Stdout})
	if err != nil && ctx.Err() == nil {
		fmt.Fprintln(os.Stderr, err)
		os.Exit(1)
	}
}
