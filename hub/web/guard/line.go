package guard

import (
	"cmp"
	"math"
	"slices"
	"time"
)

// line is who waits, the earliest first. It is pure: it is told the time and
// what happened, and has no clock, lock or worker of its own.
//
// Nobody is told that she may come in; she finds out when her page asks again.
// So the line calls: so many from the front may come in, and come when their
// pages ask. How fast it calls is found out: while hands are free it calls
// faster and faster, and when somebody who was called finds none it slows down,
// as senders do on a network whose width nobody knows.
type line struct {
	waiting []waiter
	called  int // so many from the front may come in
	most    int // how many are held

	speed  float64 // calls a second
	budget float64 // calls that may be made now
	at     time.Time
	judged time.Time // when speed was last judged
	away   int       // so many who may come in found no hand since then
	calls  int       // so many were called since then
	short  bool      // since then more would have been called
	swept  time.Time
	moved  meter
}

// waiter is one place. Who has not asked by due is not counted any more; when
// she comes again she stands where she stood.
type waiter struct {
	come int64 // ms
	id   uint64
	due  int64 // ms
	in   bool  // has come in
}

// The figures of the calling. leastEvery is how soon a page asks again at the
// front, mostEvery at the end; between, a quarter of the wait. Of those who wait
// longest at most asksASecond ask in a second, however long the line.
const (
	leastEvery  = 2 * time.Second
	mostEvery   = 30 * time.Second
	asksASecond = 500
	grace       = 20 * time.Second // beyond its time, before a page is taken for closed

	firstSpeed = 10.0 // when nothing has been measured yet
	leastSpeed = 1.0
	mostSpeed  = 1000.0
	judgeEvery = 3 * time.Second // a little more than a called page takes to ask
	faster     = 1.15
	slower     = 0.8
	sweepEvery = time.Second
	lineMemory = 30 * time.Second // of the meter of the line, and of the pages served
	pageMemory = 5 * time.Second
)

// stand puts somebody in her place, or finds her there, and tells how many stand
// before her who are not called yet, and whether she is called. ok is false when
// the line is full.
func (l *line) stand(come int64, id uint64, due time.Time) (ahead int, called, ok bool) {
	i, there := slices.BinarySearchFunc(l.waiting, waiter{come: come, id: id}, order)
	switch {
	case there:
		l.waiting[i].due = due.UnixMilli()
		l.waiting[i].in = false
	case len(l.waiting) >= l.most:
		return len(l.waiting) - l.called, false, false
	default:
		l.waiting = slices.Insert(l.waiting, i, waiter{come: come, id: id, due: due.UnixMilli()})
		if i < l.called {
			l.called++ // she was away when it was her turn
		}
	}
	return max(0, i-l.called), i < l.called, true
}

// stands reports whether somebody has a place here.
func (l *line) stands(come int64, id uint64) bool {
	_, there := slices.BinarySearchFunc(l.waiting, waiter{come: come, id: id}, order)
	return there
}

func order(a, b waiter) int {
	return cmp.Or(cmp.Compare(a.come, b.come), cmp.Compare(a.id, b.id))
}

// comesIn takes somebody who was called out of the line.
func (l *line) comesIn(come int64, id uint64) {
	if i, there := slices.BinarySearchFunc(l.waiting, waiter{come: come, id: id}, order); there {
		l.waiting[i].in = true // sweep removes it: moving a hundred thousand places for each would be dear
	}
}

// turnedAway notes that somebody who may come in found no hand.
func (l *line) turnedAway() { l.away++ }

// call lets as many more come in as the time that has passed allows; free says
// whether there is a hand for them now, served how many pages a second people
// who are not signed in were given of late.
func (l *line) call(now time.Time, free bool, served float64) {
	if l.at.IsZero() || len(l.waiting) == 0 {
		l.at, l.judged, l.swept = now, now, now
		l.speed = min(mostSpeed, max(firstSpeed, served))
		l.budget, l.away, l.calls, l.short = 1, 0, 0, false
		l.moved = meter{began: now, memory: lineMemory}
	}
	l.budget = min(l.budget+max(0, now.Sub(l.at).Seconds())*l.speed, max(1, l.speed))
	l.at = now
	l.judge(now)
	if now.Sub(l.swept) >= sweepEvery {
		l.sweep(now)
	}
	if !free {
		return
	}
	n := min(int(l.budget), len(l.waiting)-l.called)
	l.called += n
	l.calls += n
	l.short = l.short || n > 0 && l.called < len(l.waiting)
	l.budget -= float64(n)
	l.moved.count(float64(n), now)
}

// judge changes the speed. After it has slowed down it waits twice as long:
// those who are on their way come in the meantime.
func (l *line) judge(now time.Time) {
	if now.Sub(l.judged) < judgeEvery {
		return
	}
	l.judged = now
	switch {
	case l.away*8 > l.calls:
		l.speed = max(leastSpeed, l.speed*slower)
		l.judged = now.Add(judgeEvery)
	case l.short:
		l.speed = min(mostSpeed, l.speed*faster+1)
	}
	l.away, l.calls, l.short = 0, 0, false
}

// sweep forgets who has come in, and who does not ask any more.
func (l *line) sweep(now time.Time) {
	l.swept = now
	ms, left, called, gone := now.UnixMilli(), l.waiting[:0], 0, 0
	for i, w := range l.waiting {
		switch {
		case !w.in && w.due >= ms:
			left = append(left, w)
			if i < l.called {
				called++
			}
		case i >= l.called:
			gone++ // the line is shorter by who gave up
		}
	}
	l.waiting, l.called = left, called
	l.moved.count(float64(gone), now)
}

// wait is how long somebody with so many before her will wait, measured by how
// fast the line moved of late; 0 when that is not known yet.
func (l *line) wait(ahead int, now time.Time) time.Duration {
	r := l.moved.perSecond(now)
	if r <= 0 {
		return 0
	}
	return time.Duration(math.Ceil(float64(ahead+1) / r * float64(time.Second)))
}

// every is how soon a page asks again, without its jitter. Before a wait is
// known it is guessed by how fast the line is called.
func (l *line) every(ahead int, wait time.Duration) time.Duration {
	if wait == 0 {
		wait = time.Duration(float64(ahead) / l.speed * float64(time.Second))
	}
	most := max(mostEvery, time.Duration(len(l.waiting))*time.Second/asksASecond)
	return min(max(wait/4, leastEvery), most)
}

// length is how many wait and are not called.
func (l *line) length() int { return len(l.waiting) - l.called }

// meter measures how often something happens, the newest most.
type meter struct {
	memory    time.Duration
	began, at time.Time
	sum       float64
}

func (m *meter) count(n float64, now time.Time) {
	if m.began.IsZero() {
		m.began = now
	}
	m.sum = m.sum*m.faded(now) + n
	m.at = now
}

func (m *meter) faded(now time.Time) float64 {
	return math.Exp(-max(0, now.Sub(m.at).Seconds()) / m.memory.Seconds())
}

// perSecond is 0 until it has been measured for a moment.
func (m *meter) perSecond(now time.Time) float64 {
	measured := now.Sub(m.began)
	if m.began.IsZero() || measured < judgeEvery {
		return 0
	}
	memory := m.memory.Seconds()
	return m.sum * m.faded(now) / (memory * (1 - math.Exp(-measured.Seconds()/memory)))
}
