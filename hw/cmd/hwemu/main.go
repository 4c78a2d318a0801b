package main

import (
	"context"
	"fmt"
	"os"
	"os/signal"
	"syscall"

	"github.com/alecthomas/kong"
)

// CLI is the command line.
type CLI struct {
	Listen        string `default:"127.0.0.1:8603" help:"Address of the panel; loopback only. 面板地址，只能是本机。"`
	ReaderLink    string `required:"" help:"Symbolic link the box opens as its reader. 终端打开的读卡器路径。"`
	PanelLink     string `help:"Symbolic link the box opens as the board of its lamps and buttons. Without it there is none. 终端打开的指示灯和按钮板卡路径。"`
	StickLink     string `help:"Symbolic link the box opens as the disk of its USB port; takes root. Without it there is no port. 终端打开的 U 盘口路径。"`
	PrinterListen string `help:"Address of the emulated printer, e.g. 127.0.0.1:8631; loopback only. Without it there is no printer. 模拟打印机的地址，只能是本机。"`
	CameraListen  string `help:"Address of the emulated camera, e.g. 127.0.0.1:8604; loopback only. Without it there is no camera. 模拟摄像头的地址，只能是本机。"`
	Cards         string `help:"Deck of synthetic cards, JSON. 合成证件清单。"`
	State         string `required:"" help:"Directory for the cards made on the panel. 存放自制证件的目录。"`
	Home          string `help:"Page that the panel links back to. 面板要链回去的首页。"`
	Strip         string `help:"Page shown at the head of the panel, in a frame; it is told ?lang=zh-CN or en. 面板顶上嵌入的一页。"`
}

func main() {
	var cli CLI
	kong.Parse(&cli, kong.Name("hwemu"), kong.Description("Plays the devices of a box. 模拟终端的外设。"), kong.UsageOnError())
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM)
	err := run(ctx, cli, os.Stdout)
	stop()
	if err != nil {
		fmt.Fprintln(os.Stderr, "hwemu:", err)
		os.Exit(1)
	}
}
