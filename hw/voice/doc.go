// Package voice speaks prompts through the box's loudspeaker or headphone jack:
// for someone who cannot see the screen (EN 301 549, 5.1.3).
//
// A prompt is a recording, if there is one under its name, or else its text
// spoken by espeak-ng. Either way a wave comes out which goes to a player
// (aplay on a box). A newer prompt interrupts the one that is being spoken, and
// Stop silences at once: people press on before a sentence ends (5.1.3.5).
//
// # Recordings
//
// Options.Recorded holds one file per prompt and language, NAME.LANG.wav, as
// found.zh.wav. Names are prompts' keys, [a-z0-9-]. Record them at an even
// level: nothing here changes it. Loudness at the ear (65 dBA at least) is a
// matter of the amplifier, and the installer measures it.
//
// # What it must not be given
//
// Anything personal. Who calls Say gives prompts from a catalogue, never what
// stands on a card or was typed; the text goes to espeak-ng by standard input
// all the same, because other users of the machine can read arguments.
//
// # How it fails
//
// Silently, as far as the visit is concerned: a voice that is lost must not
// keep anybody from registering. Say never blocks and returns nothing; what
// went wrong is logged once, with a word of hw/fault, until it works again. A
// player or speaker that hangs is killed after Options.Limit.
package voice
