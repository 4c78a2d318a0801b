package blob

import (
	"bytes"
	"os"
	"path/filepath"
	"testing"
)

// A file system that does not write past the page cache refuses an offset that
// any other would refuse too, so that stands for it here.
func TestWhatCannotPassTheCacheGoesThroughIt(t *testing.T) {
	path := filepath.Join(t.TempDir(), "1")
	if err := os.WriteFile(path, nil, 0o600); err != nil {
		t.Fatal(err)
	}
	w := newWriter()
	if err := w.open(path); err != nil {
		t.Fatal(err)
	}
	defer func() { _ = w.close() }() // nothing hangs on it
	var want []byte
	for i, at := range []uint64{0, 2 * block, 3*block + 100} { // the last one is refused
		b := content(block+i, uint64(i))
		w.begin(at)
		if _, err := w.Write(b); err != nil {
			t.Fatal(err)
		}
		if err := w.end(); err != nil {
			t.Fatalf("at %d: %v", at, err)
		}
		want = append(append(want[:min(at, uint64(len(want)))], make([]byte, at-min(at, uint64(len(want))))...), b...)
		want = append(want, make([]byte, -len(b)&(block-1))...)
	}
	if !w.cached {
		t.Fatal("the last write was not refused: this test shows nothing")
	}
	if got, err := os.ReadFile(path); err != nil || !bytes.Equal(got, want) {
		t.Fatalf("%d bytes, %v; want %d", len(got), err, len(want))
	}
}

// A batch larger than one piece, and one that does not begin where the last
// frame ended, are found again after a kill, and the segment goes on.
func TestBatchesBeginBlocks(t *testing.T) {
	s, path, _ := newStore(t)
	all := [][]byte{content(pieceSize+5, 1), content(3, 2), content(block-headerSize, 3), content(2*pieceSize, 4)}
	for _, b := range all {
		if err := s.Put(batchOf(b)); err != nil {
			t.Fatal(err)
		}
		if p, _, _ := s.find(HashOf(b)); (p.offset-uint64(headerSize))%block != 0 {
			t.Errorf("a batch begins at %d", p.offset-uint64(headerSize))
		}
	}
	after := openCopy(t, copyStore(t, path))
	has(t, after, all...)
	more := content(100, 5)
	if err := after.Put(batchOf(more)); err != nil {
		t.Fatal(err)
	}
	if p, _, _ := after.find(HashOf(more)); p.segment != 1 {
		t.Errorf("after a kill a whole segment is not continued: %+v", p)
	}
	has(t, after, more)
}
