package campaign

import (
	"embed"
	"fmt"
)

//go:embed gaokao2014
var gaokao2014 embed.FS

// Gaokao2014 is the campaign of the 2014 plan (湖南省2014年普通高等学校招生网上
// 报名信息采集工作实施方案): entry to colleges, Hunan, registered in November
// 2013. Each call gives a value of its own. It panics only if the embedded
// files are broken, which a test excludes.
//
// Registration asks for no college. What the adult examination calls a level is
// here the kind of examination, digit 9 of the candidate number (考试类型), and
// a category is that digit and the next (科类): "15" is the unified examination
// in science and engineering. They are the one choice an application has; the
// catalogue that ships is for the choice of colleges after the marks, which a
// later version of the campaign opens.
//
// The fee is paid at the point when papers are handed in, before anything is
// confirmed; confirmation is the proof-reading and the signature of the
// register form. The plan's two dates, 20 November for the arts and 20 December
// for everyone, close proof-reading, assessment and report alike.
func Gaokao2014() Campaign {
	c, err := load(gaokao2014, "gaokao2014")
	if err != nil {
		panic(fmt.Sprintf("campaign: embedded gaokao2014: %v", err))
	}
	return c
}
