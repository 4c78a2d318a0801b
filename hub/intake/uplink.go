package intake

import (
	"context"
	"time"

	mqtt "github.com/eclipse/paho.mqtt.golang"

	"zhunkao/hub/dispatch"
	"zhunkao/protocol"
)

// Uplink says how the hub listens at its broker.
type Uplink struct {
	dispatch.Link
	// Shared names the group of a shared subscription ("hub" for
	// $share/hub/…), for several hubs at an external broker. The embedded
	// broker has none.
	Shared string
	// QoS of the subscription. 0 is right for the embedded broker: it hands
	// messages over without writing them to its store first, which was measured
	// (see README), and what a lost connection costs the boxes say again.
	QoS byte
}

// Listen subscribes to all that boxes say and delivers it until ctx ends.
// ready is called each time a subscription stands.
func (in *Intake) Listen(ctx context.Context, u Uplink, ready func()) error {
	filter := protocol.UpFilter()
	if u.Shared != "" {
		filter = "$share/" + u.Shared + "/" + filter
	}
	take := func(_ mqtt.Client, m mqtt.Message) { in.Deliver(ctx, m.Topic(), m.Payload()) }
	u.Client(ctx, "intake", in.opts.Log,
		func(o *mqtt.ClientOptions) { o.SetDefaultPublishHandler(take) },
		func(c mqtt.Client) {
			tok := c.Subscribe(filter, u.QoS, take)
			if !tok.WaitTimeout(10*time.Second) || tok.Error() != nil {
				in.opts.Log.Error("not subscribed; connecting again", "worker", "intake")
				c.Disconnect(0)
				return
			}
			in.opts.Log.Info("listening to the boxes", "worker", "intake")
			ready()
		})
	<-ctx.Done()
	return nil
}
