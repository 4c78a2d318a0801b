package appliance

import (
	"zhunkao/appliance/kiosk"
	"zhunkao/appliance/visit"
	"zhunkao/hw/voice"
)

// speak says a sentence of the screen's catalogue, which holds nothing personal.
func (l *loop) speak(f visit.Speak) {
	text, ok := kiosk.Spoken(f.Key, f.English)
	if l.voice == nil || !ok {
		return
	}
	lang := "zh"
	if f.English {
		lang = "en"
	}
	l.voice.Say(voice.Prompt{Name: f.Key, Lang: lang, Text: text})
}

// hush ends what is being said.
func (l *loop) hush() {
	if l.voice != nil {
		l.voice.Stop()
	}
}
