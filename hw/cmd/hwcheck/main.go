package main

import (
	"context"
	"os"
	"os/signal"
	"syscall"

	"github.com/alecthomas/kong"
)

// CLI is what can be asked on the command line.
type CLI struct {
	Idcard idcardCmd `cmd:"" help:"Read one identity card. 读一张身份证。"`
}

func main() {
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM)
	var cli CLI
	parser := kong.Must(&cli, kong.Name("hwcheck"), kong.Description("Checks one device of the box. 检查终端的一件设备。"),
		kong.UsageOnError())
	_, err := parser.Parse(os.Args[1:])
	if err != nil {
		parser.Errorf("%s", err)
		stop()
		os.Exit(exitUsage)
	}
	code := cli.Idcard.run(ctx, os.Stdout, os.Stderr)
	stop()
	os.Exit(code)
}
