package protocol

// Incident is the body of RecordIncident (异常情况): what a point reports upward
// from its desk, also when the hub is away. Its words name nobody; the desk says
// so where they are typed.
type Incident struct {
	Point string `cbor:"point"`
	Kind  string `cbor:"kind"`           // code of the campaign's kinds of incident, or "other"
	Since Time   `cbor:"since"`          // since when, as the clerk says
	Words string `cbor:"words"`          // what happened, at most MaxWords bytes
	Done  string `cbor:"done,omitempty"` // what was done about it already, at most MaxWords bytes
	Clerk Assent `cbor:"clerk"`

	// Severity is how bad the clerk says it is: SeverityGrave, SeveritySerious or
	// SeverityMinor. "" of a box from before this was asked, and any other word, is
	// serious. Added later.
	Severity string `cbor:"severity,omitempty"`

	Blobs []BlobRef `cbor:"blobs"` // RoleCopy(1) …: pictures; in the manifest's order
}

// How bad an incident is, by what it does to people.
const (
	SeverityGrave   = "grave"   // people cannot do what ends today, or data may be wrong
	SeveritySerious = "serious" // work stands still somewhere, but there is another way
	SeverityMinor   = "minor"   // work goes on, slower
)

// Training is the body of RecordTraining (演练, demand B3): who did which guided
// exercises at this box.
type Training struct {
	Point     string     `cbor:"point"`
	Account   string     `cbor:"account"` // of who did them
	Exercises []Exercise `cbor:"exercises"`
	Blobs     []BlobRef  `cbor:"blobs"` // none today
}

// Exercise is one guided exercise that somebody finished.
type Exercise struct {
	Key string `cbor:"key"`
	At  Time   `cbor:"at"`
}

// MaxWords is the most bytes of a text of several lines.
const MaxWords = 4096

func (i Incident) blobs() []BlobRef { return i.Blobs }
func (t Training) blobs() []BlobRef { return t.Blobs }

// lines reports whether s is a text of several lines: printable but for its line
// breaks, at most MaxWords bytes.
func lines(s string) bool {
	if len(s) > MaxWords {
		return false
	}
	start := 0
	for i := 0; i <= len(s); i++ {
		if i == len(s) || s[i] == '\n' {
			if !printable(s[start:i]) {
				return false
			}
			start = i + 1
		}
	}
	return true
}

func (i Incident) check() error {
	if !name(i.Point) || !name(i.Kind) || i.Since == 0 || !i.Since.sane() || i.Words == "" || !lines(i.Words) || !lines(i.Done) || i.Severity != "" && !name(i.Severity) || len(i.Blobs) > MaxBlobs {
		return malformed("incident")
	}
	return i.Clerk.check()
}

func (t Training) check() error {
	if !name(t.Point) || !name(t.Account) || len(t.Exercises) == 0 || len(t.Exercises) > 64 || len(t.Blobs) > MaxBlobs {
		return malformed("training")
	}
	for _, e := range t.Exercises {
		if !name(e.Key) || e.At == 0 || !e.At.sane() {
			return malformed("training")
		}
	}
	return nil
}
