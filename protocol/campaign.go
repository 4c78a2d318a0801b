package protocol

import "fmt"

const (
	// MaxCampaign is the largest campaign bundle in bytes.
	MaxCampaign = 8 << 20
	// campaignPiece is the most of a bundle, in bytes, in one message.
	campaignPiece = 160 << 10
)

// CampaignMessage carries a campaign version, or a piece of it: with its
// catalogue a bundle is larger than a message. Each piece is signed; the
// bundle is taken when all of it is there and has the hash that every piece
// names. Pieces are made by CutCampaign and put together by CampaignPieces.
type CampaignMessage struct {
	Address
	Campaign  string    `cbor:"campaign"`
	Version   uint32    `cbor:"version"`
	Size      uint64    `cbor:"size"`   // bytes of the whole bundle
	Hash      Hash      `cbor:"hash"`   // SHA-256 of the whole bundle
	Offset    uint64    `cbor:"off"`    // where Bundle begins in the whole
	Bundle    []byte    `cbor:"bundle"` // a piece of what campaign.Decode reads
	Point     PointInfo `cbor:"point"`
	RosterKey Sealed    `cbor:"rosterkey"` // RosterKey, sealed to the box
}

// CutCampaign makes the messages that carry bundle; head has every field but
// Size, Hash, Offset and Bundle. They share memory with bundle.
func CutCampaign(head CampaignMessage, bundle []byte) ([]CampaignMessage, error) {
	if len(bundle) > MaxCampaign {
		return nil, fmt.Errorf("%w: campaign bundle", ErrTooLarge)
	}
	head.Size, head.Hash = uint64(len(bundle)), HashOf(bundle)
	var out []CampaignMessage
	for off := 0; off < len(bundle); off += campaignPiece {
		m := head
		m.Offset, m.Bundle = uint64(off), bundle[off:min(off+campaignPiece, len(bundle))]
		out = append(out, m)
	}
	return out, nil
}

// CampaignPieces puts a campaign version together. The zero value is ready. It
// keeps one version at a time, in memory: after a power cut the box still
// reports its old mark and the hub sends all pieces again.
type CampaignPieces struct {
	head CampaignMessage
	buf  []byte
	have map[uint64]int // length by offset
}

// Add takes a piece whose statement has been verified, in any order, twice or
// late. When the bundle is whole it is returned, and p is empty again. A piece
// of another version or content discards what was gathered. Errors: ErrHash
// when the whole does not have the hash that its pieces name.
func (p *CampaignPieces) Add(m CampaignMessage) (bundle []byte, whole bool, err error) {
	if err := m.check(); err != nil {
		return nil, false, err
	}
	if p.have == nil || m.Hash != p.head.Hash || m.Size != p.head.Size ||
		m.Campaign != p.head.Campaign || m.Version != p.head.Version {
		*p = CampaignPieces{head: m, buf: make([]byte, m.Size), have: make(map[uint64]int)}
	}
	copy(p.buf[m.Offset:], m.Bundle)
	p.have[m.Offset] = max(p.have[m.Offset], len(m.Bundle))
	for off := uint64(0); off < m.Size; {
		n := p.have[off]
		if n == 0 {
			return nil, false, nil
		}
		off += uint64(n)
	}
	bundle = p.buf
	*p = CampaignPieces{}
	if HashOf(bundle) != m.Hash {
		return nil, false, fmt.Errorf("%w: campaign bundle", ErrHash)
	}
	return bundle, true, nil
}
