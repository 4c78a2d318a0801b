package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"net"
	"net/http"
	"path/filepath"
	"sync"
	"syscall"
	"time"

	"zhunkao/hw/idcardtest"
)

// run plays the devices and serves the panel until ctx ends.
func run(ctx context.Context, cli CLI, out io.Writer) error {
	host, _, err := net.SplitHostPort(cli.Listen)
	if ip := net.ParseIP(host); err != nil || ip == nil || !ip.IsLoopback() {
		return fmt.Errorf("--listen %s: the panel has no sign-in, give a loopback address such as 127.0.0.1:8603", cli.Listen)
	}
	strip, err := openStrip(cli.Strip)
	if err != nil {
		return err
	}
	deck, err := openDeck(cli.Cards, cli.State)
	if err != nil {
		return err
	}
	listener, err := net.Listen("tcp", cli.Listen)
	if errors.Is(err, syscall.EADDRINUSE) {
		return fmt.Errorf("port %s is taken: is another hwemu running? 端口已被占用", cli.Listen)
	}
	if err != nil {
		return err
	}
	reader := idcardtest.New()
	plug := idcardtest.NewPlug(reader, cli.ReaderLink)
	if err := plug.Plug(); err != nil {
		return errors.Join(err, listener.Close())
	}
	printer, err := openPrinter(cli.PrinterListen)
	if err != nil {
		return errors.Join(err, plug.Unplug(), listener.Close())
	}
	defer printer.close()
	camera, err := openCamera(cli.CameraListen)
	if err != nil {
		return errors.Join(err, plug.Unplug(), listener.Close())
	}
	front, err := openFront(cli.PanelLink)
	if err != nil {
		return errors.Join(err, camera.close(), plug.Unplug(), listener.Close())
	}
	stick, err := openStick(ctx, cli.StickLink, filepath.Join(cli.State, "sticks"))
	if err != nil {
		return errors.Join(fmt.Errorf("--stick-link: %w", err), front.close(), camera.close(), plug.Unplug(), listener.Close())
	}
	panel, err := newPanel(reader, plug, deck)
	if err != nil {
		return errors.Join(err, stick.close(), front.close(), camera.close(), plug.Unplug(), listener.Close())
	}
	panel.printer, panel.camera, panel.front, panel.stick = printer, camera, front, stick
	panel.back, panel.strip = cli.Home, strip
	ctx, cancel := context.WithCancel(ctx)
	defer cancel()
	var follows sync.WaitGroup
	defer follows.Wait()
	defer cancel() // before waiting
	follows.Go(func() { camera.follow(ctx, reader) })
	server := &http.Server{
		Handler:           panel.handler(),
		ReadHeaderTimeout: 5 * time.Second,
		ReadTimeout:       15 * time.Second,
		MaxHeaderBytes:    16 << 10,
		BaseContext:       func(net.Listener) context.Context { return ctx },
	}
	said := fmt.Sprintf("hwemu: panel http://%s/ , ID reader at %s, %d cards", listener.Addr(), cli.ReaderLink, len(deck.list()))
	if printer != nil {
		said += ", printer at " + printer.plug.URI()
	}
	if camera != nil {
		said += ", camera at " + camera.plug.URL()
	}
	if front != nil {
		said += ", lamps and buttons at " + front.plug.Link()
	}
	if stick != nil && stick.port != nil {
		said += ", USB port at " + stick.port.Link()
	}
	fmt.Fprintln(out, said)
	served := make(chan error, 1)
	go func() { served <- server.Serve(listener) }()
	select {
	case err = <-served:
	case <-ctx.Done():
		cancel() // ends the live streams, which would hold Shutdown up
		end, stop := context.WithTimeout(context.Background(), 3*time.Second)
		err = server.Shutdown(end)
		stop()
		<-served
	}
	return errors.Join(err, stick.close(), front.close(), camera.close(), plug.Unplug())
}
