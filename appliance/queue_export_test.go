package appliance

import (
	"zhunkao/appliance/desk"
	"zhunkao/appliance/neighbour"
	"zhunkao/appliance/store"
)

// Queueing is what the desk asks of the queue.
func (a *Appliance) Queueing() desk.Queueing { return a.loop.queueing() }

// Token is how a number stands.
func (a *Appliance) Token(k store.QueueKey) (store.Queued, error) { return a.store.Token(k) }

// Neighbours are the other boxes of the point.
func (a *Appliance) Neighbours() []neighbour.Neighbour { return a.neighbours.All() }
