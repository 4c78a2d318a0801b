package intake

import (
	"bytes"
	"image/jpeg"
	"io"

	"zhunkao/hub/confirmation"
	"zhunkao/hub/flow"
	"zhunkao/protocol"
	rules "zhunkao/protocol/campaign"
)

// pictureOf looks at a photo's header, and at nothing after it.
func pictureOf(plain []byte, said *protocol.Portrait) flow.Picture {
	if !bytes.HasPrefix(plain, []byte{0xff, 0xd8, 0xff}) {
		return flow.PictureBroken
	}
	head, err := jpeg.DecodeConfig(sips{bytes.NewReader(plain)})
	switch {
	case err != nil:
		return flow.PictureBroken
	case said != nil && (head.Width != int(said.Width) || head.Height != int(said.Height)):
		return flow.PictureSize
	}
	return flow.PictureGood
}

// sips gives a few bytes at a time: a decoder that reads the header only then
// keeps nothing of the picture in its buffers, which nobody clears.
type sips struct{ r io.Reader }

func (s sips) Read(p []byte) (int, error) { return s.r.Read(p[:min(len(p), 8)]) }

// photo finds what the record says of its photo, and what the campaign that the
// box had asks for; blobs has looked at the picture.
func (it *item) photo(body protocol.Confirmation, named *rules.Campaign) {
	p := &it.facts.Photo
	p.Asked = named.Policy.Photo
	if said := body.Portrait; said != nil {
		p.Said, p.Source, p.Lack = true, said.Source, said.Lack
		p.Agreed, p.Remarked = !said.Notice.IsZero(), len(said.Findings) > 0
	}
}

// portraitOf and settledOf put the wire's words into those of the record.
func portraitOf(p *protocol.Portrait) *confirmation.Portrait {
	if p == nil {
		return nil
	}
	out := &confirmation.Portrait{Source: p.Source, Lack: p.Lack, Profile: p.Profile, Width: p.Width, Height: p.Height, Tries: p.Tries, Findings: p.Findings}
	if !p.Notice.IsZero() {
		out.Notice = p.Notice.String()
	}
	return out
}

func settledOf(list []protocol.Settlement) []confirmation.Settlement {
	var out []confirmation.Settlement
	for _, s := range list {
		out = append(out, confirmation.Settlement{Field: s.Field, Decision: s.Decision})
	}
	return out
}
