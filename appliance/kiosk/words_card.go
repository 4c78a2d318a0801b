package kiosk

import (
	"strings"

	"zhunkao/protocol/form"
)

// cardHere stands in a Chinese text for what her card is called: nobody but a
// resident has a 居民身份证. English has one word for all of them.
const cardHere = "{card}"

// cardNames are what the cards are called to who holds one. Papers have no name that
// fits all, nor has a card that was not read yet.
var cardNames = map[string]string{
	form.ChipResident:      "身份证",
	form.ChipHMT:           "居住证",
	form.ChipForeigner2017: "永久居留身份证",
	form.ChipForeigner2023: "永久居留身份证",
	form.ChipPapers:        "证件",
}

// cardNamed puts the name of a type of card into a text.
func cardNamed(text, chip string) string {
	name, known := cardNames[chip]
	if !known {
		name = cardNames[form.ChipPapers]
	}
	return strings.ReplaceAll(text, cardHere, name)
}
