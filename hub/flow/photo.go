package flow

import (
	"zhunkao/hub/confirmation"
	"zhunkao/protocol/campaign"
)

// Photo is what a record says of its photo, and what is there.
type Photo struct {
	Asked    string // what the campaign asks for: campaign.PhotoChip, …
	Said     bool   // the record says how its photo came about; that of an older box does not
	Source   string // a confirmation.Portrait… value
	Lack     string // a confirmation.Lack… value
	Agreed   bool   // she agreed to a notice
	Remarked bool   // the box remarked something on the picture she kept
	Picture  Picture
	Original bool // the picture it was cut from is there
}

// Picture is how the photo looked when it was opened, by its header only.
type Picture string

// The pictures.
const (
	PictureNone   Picture = ""       // there is none
	PictureGood   Picture = "good"   // a JPEG of the size that the record tells
	PictureBroken Picture = "broken" // no JPEG
	PictureSize   Picture = "size"   // a JPEG of another size
)

// photo says what there is to say of the photo. It never refuses: she sat
// there, and a picture can be taken again. A record that contradicts itself
// fails the check; one without the photo that its campaign asks for is a warning.
func photo(s *Step, f Facts) {
	p := f.Photo
	say := func(result, note string) { s.check(confirmation.CheckPhoto, result, note) }
	there := p.Picture != PictureNone || p.Original
	switch {
	case !p.Said:
		if p.Asked == campaign.PhotoCamera && !there {
			say(confirmation.Warn, confirmation.NoteMissing)
		}
	case p.Source == confirmation.PortraitCamera:
		say(taken(p))
	case there:
		say(confirmation.Fail, confirmation.NotePhotoUnsaid)
	case p.Source == confirmation.PortraitChip || p.Asked == campaign.PhotoChip:
		switch {
		case !f.PortraitWhole:
			say(confirmation.Warn, confirmation.NoteMissing)
		case p.Asked == campaign.PhotoCamera:
			say(confirmation.Warn, confirmation.NotePhotoNotCamera)
		default:
			say(confirmation.Pass, confirmation.NotePhotoChip)
		}
	default:
		say(confirmation.Warn, lacking(p.Lack))
	}
}

// taken judges a photo that the box says it has taken.
func taken(p Photo) (result, note string) {
	switch {
	case p.Picture == PictureNone:
		return confirmation.Fail, confirmation.NoteMissing
	case p.Picture == PictureSize:
		return confirmation.Fail, confirmation.NotePhotoSize
	case p.Picture != PictureGood:
		return confirmation.Fail, confirmation.NotePhotoBroken
	case !p.Agreed:
		return confirmation.Warn, confirmation.NotePhotoUnagreed
	case p.Asked == campaign.PhotoChip:
		return confirmation.Warn, confirmation.NotePhotoUnasked
	case p.Remarked:
		return confirmation.Pass, confirmation.NotePhotoFindings
	}
	return confirmation.Pass, ""
}

func lacking(lack string) string {
	switch lack {
	case confirmation.LackNoCamera:
		return confirmation.NotePhotoNoCamera
	case confirmation.LackCamera:
		return confirmation.NotePhotoCameraDown
	case confirmation.LackTries:
		return confirmation.NotePhotoTries
	case confirmation.LackDeclined:
		return confirmation.NotePhotoDeclined
	}
	return confirmation.NoteMissing
}
