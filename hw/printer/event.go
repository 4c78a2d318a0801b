package printer

// Event is what Run tells of a printer: Ready, Trouble, Fault or Lost. Each is
// sent once for each change.
type Event interface{ event() }

// Ready: the printer would print now. Sent again when its warnings change.
type Ready struct{ Status Status }

// Trouble: the printer answers, and a person must do something first; which is
// in Status.Needs.
type Trouble struct{ Status Status }

// Fault: it answers and cannot be used: it takes none of our formats, wants a
// password, or shows another certificate than the pinned one. Run goes on
// trying.
type Fault struct {
	Err error // carries fault.Unsupported, fault.Denied or fault.Unauthorised
}

// Lost: no sound answer comes. Run goes on trying.
type Lost struct {
	Err error // carries a hw/fault word of ClassLine or ClassTransient
}

func (Ready) event()   {}
func (Trouble) event() {}
func (Fault) event()   {}
func (Lost) event()    {}

// JobEvent is what a Job tells, in this order: JobBusy any number of times,
// JobSending, JobAccepted, JobProgress and JobAdrift any number of times, and
// always one JobEnded, which is the last.
type JobEvent interface{ jobEvent() }

// JobBusy: the printer is at another job and is asked again.
type JobBusy struct{ Attempt int }

// JobSending: the document begins to leave. From here on nothing is sent twice.
type JobSending struct{ Format string }

// JobAccepted: the printer has the whole document. That is not printed.
type JobAccepted struct{ ID int }

// JobProgress: a change in what the printer says of the job or of itself.
type JobProgress struct {
	State JobState
	Pages int    // impressions completed; 0 also where the printer does not count
	Needs []Need // what a person must do for it to go on
}

// JobAdrift: no word of the job; the printer is asked again. JobProgress or
// JobEnded follows.
type JobAdrift struct{ Err error }

// JobEnded: nothing more will be known.
type JobEnded struct {
	Outcome  Outcome
	Warnings bool   // Printed, with warnings
	Pages    int    // impressions completed, where the printer counts
	Needs    []Need // what a person must do before another try
	Err      error  // why it is not Printed; nil if Printed
}

func (JobBusy) jobEvent()     {}
func (JobSending) jobEvent()  {}
func (JobAccepted) jobEvent() {}
func (JobProgress) jobEvent() {}
func (JobAdrift) jobEvent()   {}
func (JobEnded) jobEvent()    {}

// Outcome is what became of a document.
type Outcome uint8

// The outcomes. The zero Outcome is Unknown.
const (
	Unknown    Outcome = iota // nobody knows; ask whether the paper is there
	Printed                   // the printer says that it is done
	NotPrinted                // certain: the printer has nothing of it
	Cancelled                 // the printer ended it because we, or someone at its buttons, said so; pages before may be out
	Aborted                   // the printer gave up; pages before may be out
)

// String gives the outcome's word for a log line.
func (o Outcome) String() string {
	switch o {
	case Printed:
		return "printed"
	case NotPrinted:
		return "not printed"
	case Cancelled:
		return "cancelled"
	case Aborted:
		return "aborted"
	default:
		return "unknown"
	}
}

// MayResend says whether the same document can be printed again with nobody
// asked: only when it is certain that the printer has nothing of it.
func (o Outcome) MayResend() bool { return o == NotPrinted }

// JobState is RFC 8011's job-state.
type JobState int

// The job states (RFC 8011 §5.3.7).
const (
	JobPending    JobState = 3
	JobHeld       JobState = 4
	JobProcessing JobState = 5
	JobStopped    JobState = 6 // it waits in mid-print, usually for a person
	JobCanceled   JobState = 7
	JobAborted    JobState = 8
	JobCompleted  JobState = 9
)

// String gives the state's keyword.
func (s JobState) String() string {
	names := [...]string{JobPending: "pending", JobHeld: "pending-held", JobProcessing: "processing", JobStopped: "processing-stopped",
		JobCanceled: "canceled", JobAborted: "aborted", JobCompleted: "completed"}
	if s < JobPending || int(s) >= len(names) {
		return "unknown"
	}
	return names[s]
}
