package main

import (
	"context"
	"io"
	"os"
	"os/signal"
	"syscall"

	"github.com/alecthomas/kong"

	"zhunkao/hw/keystore"
)

// CLI is what can be asked on the command line.
type CLI struct {
	Idcard   idcardCmd   `cmd:"" help:"Read one identity card. 读一张身份证。"`
	Camera   cameraCmd   `cmd:"" help:"Look through the camera and take one photo by the rules. 看摄像头，按规格照一张。"`
	Printer  printerCmd  `cmd:"" help:"Look at the printer, and print a test page. 检查打印机，打印测试页。"`
	Panel    panelCmd    `cmd:"" help:"Light the lamps, watch buttons and contacts. 试指示灯、按钮和门磁。"`
	Watchdog watchdogCmd `cmd:"" help:"Look at the watchdog, or feed it for a while. 查看或试喂看门狗。"`
	Keystore keystoreCmd `cmd:"" help:"Try the key store with keys of its own. 试密钥库。"`
}

// probe is one of the commands: it drives its device once, and gives the exit
// code.
type probe interface {
	run(ctx context.Context, out, errs io.Writer) int
}

func main() {
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM)
	var cli CLI
	parser := kong.Must(&cli, kong.Name("hwcheck"), kong.Description("Checks one device of the box. 检查终端的一件设备。"),
		kong.UsageOnError(), kong.Vars{"tpm": keystore.DefaultTPM})
	asked, err := parser.Parse(os.Args[1:])
	if err != nil {
		parser.Errorf("%s", err)
		stop()
		os.Exit(exitUsage)
	}
	code := asked.Selected().Target.Addr().Interface().(probe).run(ctx, os.Stdout, os.Stderr)
	stop()
	os.Exit(code)
}
