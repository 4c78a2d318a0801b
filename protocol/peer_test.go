package protocol_test

import (
	"bytes"
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"testing"

	"zhunkao/protocol"
)

// python finds an interpreter that has Debian's python3-cbor2 and
// python3-cryptography; other installations may stand before it in the path.
func python(t *testing.T) string {
	t.Helper()
	for _, name := range []string{"/usr/bin/python3", "python3"} {
		if exec.CommandContext(t.Context(), name, "-c", "import cbor2, cryptography").Run() == nil {
			return name
		}
	}
	if os.Getenv("CI") == "true" {
		t.Fatal("python3 with cbor2 and cryptography is missing: apt-get install python3-cbor2 python3-cryptography")
	}
	t.Skip("no python3 with cbor2 and cryptography: apt-get install python3-cbor2 python3-cryptography")
	return ""
}

// The samples are read, and messages for us are made, by a program that shares
// no line with ours: a mistake made twice alike would pass every other test.
func TestIndependentPeer(t *testing.T) {
	py := python(t)
	run := func(args ...string) {
		t.Helper()
		out, err := exec.CommandContext(t.Context(), py, append([]string{"testdata/peer.py"}, args...)...).CombinedOutput()
		if err != nil {
			t.Fatalf("peer.py %v: %v\n%s", args, err, out)
		}
		t.Logf("%s", bytes.TrimSpace(out))
	}
	run("check", goldenDir)

	out := t.TempDir()
	run("make", goldenDir, out)
	p := goldenParties(t)
	read := func(name string) []byte {
		t.Helper()
		b, err := os.ReadFile(filepath.Join(out, name))
		if err != nil {
			t.Fatal(err)
		}
		return b
	}
	var hello protocol.Hello
	if err := protocol.OpenAddressed(protocol.KindHello, read("hello.cose"), p.keys, goldenBox, &hello); err != nil || hello.Software != "peer.py" {
		t.Errorf("hello of the peer: %v", err)
	}
	for _, suite := range []protocol.Suite{protocol.SuiteAES, protocol.SuiteChaCha} {
		prefix := "peer" + strconv.Itoa(int(suite))
		m, err := protocol.OpenEnvelope(read(prefix+".cose"), &p.device.PublicKey)
		if err != nil {
			t.Fatal(err)
		}
		var c protocol.Confirmation
		if err := protocol.OpenBody(m, read(prefix+"-body.bin"), p.hubOpen, &c); err != nil {
			t.Fatal(err)
		}
		if m.Suite != suite || len(c.Blobs) != 2 || c.Application.Name() != goldenApplication().Name() {
			t.Errorf("record of the peer: suite %d, %d blobs", m.Suite, len(c.Blobs))
		}
		for _, ref := range c.Blobs {
			if _, err := protocol.OpenBlob(ref, read(prefix+"-"+ref.Role+".bin")); err != nil {
				t.Errorf("%s of the peer: %v", ref.Role, err)
			}
		}
	}
}
