package kiosk

import "maps"

// Spoken gives the sentence of a visit.Speak, and false for a key that has
// none: then nothing is to be said. No sentence is personal.
func Spoken(key string, english bool) (string, bool) {
	w, ok := speech()[key]
	if !ok {
		return "", false
	}
	if english {
		return w.en, true
	}
	return w.zh, true
}

// SpokenKeys lists every key there is, so that a player can be prepared.
func SpokenKeys() []string {
	var out []string
	for k := range maps.Keys(speech()) {
		out = append(out, k)
	}
	return out
}

func speech() map[string]word { return map[string]word{} }
