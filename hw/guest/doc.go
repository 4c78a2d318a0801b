// Package guest runs a static test program in a virtual machine with Debian's
// own kernel, so that drivers meet the kernel's real devices: vivid cameras,
// a USB webcam over USB/IP, GPIO chips, watchdogs, a TPM.
//
// It is for tests only. There is no acceleration and no disk: a minimal init of
// our own (guestinit) loads modules, mounts what is needed, runs the program and
// powers off. Kernel, modules and QEMU are those installed on the machine
// (linux-image-amd64, qemu-system-x86, kmod); nothing is fetched.
//
//	bin := guest.Build(t, "zhunkao/hw/camera", "vivid") // its tests, tag vivid
//	res := guest.Run(t, guest.Options{Modules: []string{"vivid n_devs=1"}, Binary: bin, Args: []string{"-test.v", "-test.run", "Vivid"}})
//	if res.ExitCode != 0 { t.Fatal(res.Output) }
//
// How it fails. A machine without kernel or QEMU skips the test visibly, and
// fails it when CI is true. A guest that dies, hangs or resets without the
// program's own end has Result.Died set, and the kernel's last lines are in
// Result.Kernel. A start takes about five seconds on a quiet machine.
package guest
