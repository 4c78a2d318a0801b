package protocol_test

import (
	"testing"

	"zhunkao/protocol"
)

// BenchmarkSealRecord is a box's work on a record of 40 KB: four blobs of
// which one is a photo of 36 KB, body, signature and its check.
func BenchmarkSealRecord(b *testing.B) {
	p := goldenParties(b)
	for _, s := range []struct {
		name  string
		suite protocol.Suite
	}{{"AES", protocol.SuiteAES}, {"ChaCha", protocol.SuiteChaCha}} {
		b.Run(s.name, func(b *testing.B) {
			b.ReportAllocs()
			for b.Loop() {
				sealBench(b, p, s.suite)
			}
		})
	}
}

func sealBench(b *testing.B, p parties, suite protocol.Suite) (protocol.Record, []protocol.SealedBlob) {
	plain := goldenBlobs(b)
	plain[protocol.RolePhoto] = make([]byte, 36<<10)
	var blobs []protocol.SealedBlob
	var refs []protocol.BlobRef
	for _, r := range goldenRoles {
		blob, err := protocol.SealBlob(suite, r.role, r.media, plain[r.role])
		if err != nil {
			b.Fatal(err)
		}
		blobs, refs = append(blobs, blob), append(refs, blob.Ref)
	}
	rec, err := protocol.SealRecord(goldenHead(1, protocol.Hash{}, suite), goldenConfirmation(refs), refs, p.hubOpen.PublicKey(), p.device)
	if err != nil {
		b.Fatal(err)
	}
	return rec, blobs
}

// BenchmarkOpenRecord is the hub's work on the same: signature, hashes of all
// parts, body. The hub keeps blobs sealed, so they are opened only by "whole".
func BenchmarkOpenRecord(b *testing.B) {
	p := goldenParties(b)
	for _, whole := range []bool{false, true} {
		name := "manifest and body"
		if whole {
			name = "whole"
		}
		b.Run(name, func(b *testing.B) {
			rec, blobs := sealBench(b, p, protocol.SuiteAES)
			b.ReportAllocs()
			for b.Loop() {
				m, err := protocol.OpenEnvelope(rec.Envelope, &p.device.PublicKey)
				if err != nil {
					b.Fatal(err)
				}
				var c protocol.Confirmation
				if err := protocol.OpenBody(m, rec.Body, p.hubOpen, &c); err != nil {
					b.Fatal(err)
				}
				for i, blob := range blobs {
					if !m.Blobs[i].Matches(blob.Ciphertext) {
						b.Fatal("hash")
					}
					if whole {
						if _, err := protocol.OpenBlob(c.Blobs[i], blob.Ciphertext); err != nil {
							b.Fatal(err)
						}
					}
				}
			}
		})
	}
}
