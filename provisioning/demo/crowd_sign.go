package demo

import (
	"bytes"
	"context"
	"crypto/ecdh"
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/x509"
	"errors"
	"image"
	"image/color"
	"image/jpeg"
	"strings"
	"time"

	"zhunkao/hub/consent"
	"zhunkao/hub/db"
	"zhunkao/hub/fleet"
	"zhunkao/hub/flow"
	"zhunkao/protocol"
	"zhunkao/protocol/campaign/synthetic"
	"zhunkao/protocol/form"
)

const (
	inForce = `SELECT application FROM confirmation WHERE state = 'in-force'`
	ordered = `SELECT application FROM payment_order`
	hasPaid = `SELECT application FROM payment_order WHERE state = 'paid'`
)

// signing is how long before the demonstration the first of the crowd signs: in the hour in
// which everybody may be confirmed everywhere.
const signing = 55 * time.Minute

// sign has everybody sign at a box that is lent to her point for the hour: enrolled, and
// retired by its own last word when the hub has all that it sealed. Broken off, the boxes
// are taken back, now or at the next beginning: nobody has their keys any more.
func (a *assembly) sign(ctx context.Context) (err error) {
	if err := a.takeBack(ctx); err != nil {
		return err
	}
	lack, err := a.missing(ctx, inForce)
	if err != nil || len(lack) == 0 {
		return err
	}
	if a.over() {
		return errOver
	}
	defer func() {
		if err != nil {
			err = errors.Join(err, a.takeBack(context.WithoutCancel(ctx)))
		}
	}()
	a.Say(crowdSigns, len(a.people)-len(lack), len(a.people))
	boxes := map[string]*lentBox{}
	for i, p := range lack {
		b := boxes[p.Application.Point]
		if b == nil {
			if b, err = a.lend(ctx, p.Application.Point); err != nil {
				return err
			}
			boxes[b.point] = b
		}
		at := a.Start.Add(-signing).Add(time.Duration(i) * 50 * time.Minute / time.Duration(len(lack)))
		if err := b.confirms(ctx, p, i, at); err != nil {
			return err
		}
	}
	if err := a.reached(ctx, crowdSigns, inForce); err != nil {
		return err
	}
	for _, b := range boxes {
		word, err := protocol.SignMessage(protocol.KindRetirement, protocol.Retirement{Address: b.address, At: protocol.TimeOf(a.Start), Head: b.seq, HeadHash: b.prev}, b.key)
		if err != nil {
			return err
		}
		if _, err := a.hub.Intake().Retire(ctx, word, flow.Operator()); err != nil {
			return err
		}
	}
	return nil
}

// lentBox is a box as the protocol describes it.
type lentBox struct {
	*assembly
	point   string
	address protocol.Address
	key     *ecdsa.PrivateKey
	seq     uint64
	prev    protocol.Hash
}

func (a *assembly) lend(ctx context.Context, point string) (*lentBox, error) {
	b := &lentBox{assembly: a, point: point}
	opening, err := ecdh.X25519().GenerateKey(rand.Reader)
	if err != nil {
		return nil, err
	}
	if b.key, err = ecdsa.GenerateKey(elliptic.P256(), rand.Reader); err != nil {
		return nil, err
	}
	public, err := x509.MarshalPKIXPublicKey(b.key.Public())
	if err != nil {
		return nil, err
	}
	der, err := x509.CreateCertificateRequest(rand.Reader, &x509.CertificateRequest{}, b.key)
	if err != nil {
		return nil, err
	}
	asked, err := x509.ParseCertificateRequest(der)
	if err != nil {
		return nil, err
	}
	lent, err := a.hub.DB().Meta(ctx, metaLent)
	if err != nil {
		return nil, err
	}
	var got fleet.Box
	err = a.hub.DB().Write(ctx, func(tx *db.Tx) error {
		code, _, err := a.hub.Flow().IssueTicket(ctx, tx, point, "", flow.Operator())
		if err != nil {
			return err
		}
		got, err = a.hub.Flow().Enrol(ctx, tx, fleet.Request{Code: code, DeviceKey: public, Opening: opening.PublicKey().Bytes(), KeyStore: "file",
			Certify: func(id string) ([]byte, error) { return a.hub.Keys().IssueDevice(asked, id) }}, "127.0.0.1")
		if err != nil {
			return err
		}
		return tx.SetMeta(ctx, metaLent, strings.TrimSpace(lent+" "+got.ID))
	})
	b.address = protocol.Address{Box: protocol.BoxID(got.ID), Epoch: got.Epoch}
	return b, err
}

// metaLent notes in the database which boxes were lent, with blanks between.
const metaLent = "demo.lent"

// takeBack revokes the boxes that were lent and not retired.
func (a *assembly) takeBack(ctx context.Context) error {
	lent, err := a.hub.DB().Meta(ctx, metaLent)
	if err != nil {
		return err
	}
	return a.hub.DB().Write(ctx, func(tx *db.Tx) error {
		for _, id := range strings.Fields(lent) {
			b, err := fleet.Get(ctx, tx, id)
			if err == nil && b.State != fleet.Revoked {
				err = a.hub.Flow().Revoke(ctx, tx, id, "演示中断，借来的终端收回", flow.Operator())
			}
			if err != nil {
				return err
			}
		}
		return nil
	})
}

// confirms seals the next record of the box and says it.
func (b *lentBox) confirms(ctx context.Context, p synthetic.Person, n int, when time.Time) error {
	at := protocol.TimeOf(when)
	hand, err := protocol.Encode(protocol.Signature{Width: 800, Height: 300, Strokes: stroke(n)})
	if err != nil {
		return err
	}
	size := b.measures()
	photo, err := bust(n, size)
	if err != nil {
		return err
	}
	wlt := make([]byte, 1024) // its form is secret, and nothing here opens it
	_, _ = rand.Read(wlt)     // never fails (Go 1.24)
	parts, refs := map[protocol.Hash][]byte{}, []protocol.BlobRef(nil)
	for _, x := range []struct {
		role, media string
		data        []byte
	}{
		{protocol.RoleChipText, "application/octet-stream", bytes.Repeat([]byte{0x20, 0x00}, 128)}, {protocol.RoleChipWLT, "application/octet-stream", wlt},
		{protocol.RoleSignature, "application/cbor", hand}, {protocol.RolePhoto, "image/jpeg", photo}, {protocol.RolePhotoOriginal, "image/jpeg", photo},
	} {
		s, err := protocol.SealBlob(protocol.SuiteAES, x.role, x.media, x.data)
		if err != nil {
			return err
		}
		refs, parts[s.Ref.Hash] = append(refs, s.Ref), s.Ciphertext
	}
	body := protocol.Confirmation{Application: p.Application, StartedFrom: p.Application.Version, Point: b.point, Chip: p.Chip,
		Differences: form.Compare(p.Application, p.Chip), Pledge: protocol.HashOf([]byte(b.rules.Text(consent.Pledge.TextKey(), false))), Blobs: refs,
		Portrait: &protocol.Portrait{Source: protocol.PortraitCamera, Profile: b.rules.Policy.PhotoProfile, Width: uint16(size.X), Height: uint16(size.Y), Tries: 1,
			Notice: protocol.HashOf([]byte(b.rules.Text(consent.Photo.TextKey(), false)))}}
	for _, name := range []string{protocol.CheckMatch, protocol.CheckName, protocol.CheckExpiry, protocol.CheckForm, protocol.CheckWindow, protocol.CheckHours, protocol.CheckPhoto} {
		body.Checks = append(body.Checks, protocol.Check{Name: name, Result: protocol.Pass})
	}
	steps := []string{protocol.StepCardRead, protocol.StepFound, protocol.StepConsent, protocol.StepPhoto, protocol.StepRead, protocol.StepSigned, protocol.StepSealed}
	for i, step := range steps {
		body.Timeline = append(body.Timeline, protocol.Event{Step: step, At: protocol.TimeOf(when.Add(-time.Duration(len(steps)-1-i) * 20 * time.Second))})
	}
	b.seq++
	rec, err := protocol.SealRecord(protocol.Manifest{ID: protocol.NewID(), Kind: protocol.RecordConfirmation, Box: b.address.Box, Epoch: b.address.Epoch,
		Sequence: b.seq, Previous: b.prev, Suite: protocol.SuiteAES, Campaign: b.rules.ID, CampaignVersion: b.rules.Version,
		Time: protocol.TimeEvidence{Earliest: at, Latest: at, Source: protocol.SourceHub, HubTime: at, Boot: 1, Verdict: protocol.VerdictOpen}},
		body, refs, b.hub.Keys().OpeningKey(), b.key)
	if err != nil {
		return err
	}
	b.prev, parts[rec.Manifest.Body.Hash] = rec.Hash(), rec.Body
	in := b.hub.Intake()
	in.Deliver(ctx, protocol.UpTopic(b.address.Box, protocol.KindManifest), rec.Envelope)
	for _, c := range protocol.Chunks(rec.Manifest.ID, parts, rec.Manifest.Parts(), nil) {
		raw, err := protocol.Encode(c)
		if err != nil {
			return err
		}
		in.Deliver(ctx, protocol.UpTopic(b.address.Box, protocol.KindChunk), raw)
	}
	return nil
}

// stroke draws a hand that is a little other for everybody.
func stroke(n int) [][]uint16 {
	var out [][]uint16
	for k := range uint16(3) {
		var line []uint16
		for i := range uint16(12) {
			line = append(line, 80+k*210+i*14, 90+(i*i*7+uint16(n)*13+k*31)%130)
		}
		out = append(out, line)
	}
	return out
}

// measures are those of the photos that the campaign asks for.
func (a *assembly) measures() image.Point {
	for _, p := range a.rules.Photos {
		if p.Name == a.rules.Policy.PhotoProfile {
			return image.Pt(p.Width, p.Height)
		}
	}
	return image.Pt(bustWidth, bustHeight)
}

// The measures in which bust is drawn: those of an identity card's picture.
const bustWidth, bustHeight = 358, 441

// bust draws the photo of somebody who does not exist: shoulders, face and hair in a few
// colours, so that neighbours on a seating chart are told apart.
func bust(n int, size image.Point) ([]byte, error) {
	pick := func(of []color.RGBA, n int) color.RGBA { return of[n%len(of)] }
	back := color.RGBA{0xe8, 0xee, 0xf5, 0xff}
	skin := pick([]color.RGBA{{0xe6, 0xc8, 0xab, 0xff}, {0xd9, 0xb4, 0x93, 0xff}, {0xee, 0xd5, 0xbd, 0xff}}, n)
	hair := pick([]color.RGBA{{0x22, 0x22, 0x26, 0xff}, {0x3a, 0x2c, 0x24, 0xff}}, n/3)
	coat := pick([]color.RGBA{{0x2f, 0x4a, 0x6d, 0xff}, {0x6b, 0x3e, 0x46, 0xff}, {0x44, 0x5c, 0x4b, 0xff}, {0x5a, 0x56, 0x6e, 0xff}, {0x77, 0x77, 0x7c, 0xff}}, n/2)
	img := image.NewRGBA(image.Rectangle{Max: size})
	scale := float64(size.Y) / bustHeight
	left := (float64(size.X) - bustWidth*scale) / 2
	inside := func(x, y, cx, cy, rx, ry float64) bool {
		dx, dy := (x-cx)/rx, (y-cy)/ry
		return dx*dx+dy*dy < 1
	}
	long := n%2 == 0
	wide := 74 + float64(n%4)*4
	for py := range size.Y {
		for px := range size.X {
			x, y, c := (float64(px)-left)/scale, float64(py)/scale, back
			switch {
			case inside(x, y, 179, 205, wide, 98) && y > 150-8*float64(n%3):
				c = skin
				switch {
				case inside(x, y, 150, 195, 7, 5), inside(x, y, 208, 195, 7, 5):
					c = hair
				case inside(x, y, 179, 258, 20, 4):
					c = color.RGBA{0xb0, 0x6a, 0x62, 0xff}
				}
			case inside(x, y, 179, 190, wide+12, 112) && (y < 200 || long && y < 300):
				c = hair
			case x > 150 && x < 208 && y > 270 && y < 345:
				c = skin
			case inside(x, y, 179, 460, 150, 135):
				c = coat
			}
			img.SetRGBA(px, py, c)
		}
	}
	var b bytes.Buffer
	err := jpeg.Encode(&b, img, &jpeg.Options{Quality: 82})
	return b.Bytes(), err
}
