package campaign

import (
	"embed"
	"fmt"
)

//go:embed adult2019
var adult2019 embed.FS

// Adult2019 is the campaign of the 2019 plan (湘教考信字〔2019〕3号): entry to
// colleges for adults, Hunan, 2019. Each call gives a value of its own. It
// panics only if the embedded files are broken, which a test excludes.
func Adult2019() Campaign {
	c, err := load(adult2019, "adult2019")
	if err != nil {
		panic(fmt.Sprintf("campaign: embedded adult2019: %v", err))
	}
	return c
}
