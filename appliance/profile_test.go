package appliance

import (
	"testing"

	"zhunkao/hw/camera"
	"zhunkao/protocol/campaign"
)

// A campaign and the camera mean the same by a profile's name: else a box would
// silently take another photo than the one that was asked for.
func TestPhotoProfilesAgree(t *testing.T) {
	backgrounds := map[string]camera.Background{campaign.BackgroundWhite: camera.White, campaign.BackgroundGrey: camera.LightGrey, campaign.BackgroundBlue: camera.LightBlue}
	for _, c := range campaign.Shipped() {
		used := false
		for _, p := range c.Photos {
			used = used || p.Camera && p.Name == c.Policy.PhotoProfile
			if !p.Camera {
				continue
			}
			made, ok := camera.ProfileNamed(p.Name)
			if !ok {
				t.Errorf("%s: no camera takes %s", c.ID, p.Name)
				continue
			}
			var behind camera.Background
			for _, b := range p.Background {
				behind |= backgrounds[b]
			}
			if made.Width != p.Width || made.Height != p.Height || made.DPI != p.DPI || made.MinBytes != p.MinBytes || made.MaxBytes != p.MaxBytes || made.Background != behind {
				t.Errorf("%s: %s is %+v to the camera and %+v to the campaign", c.ID, p.Name, made, p)
			}
		}
		if !used || photoProfile(c.Policy.PhotoProfile).Name != c.Policy.PhotoProfile {
			t.Errorf("%s: its boxes do not take %s", c.ID, c.Policy.PhotoProfile)
		}
	}
}
