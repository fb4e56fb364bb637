// Hands the package what it can't take ("refused"), or wears it out ("stress").
package main

import (
	"fmt"
	"math"
	"os"
	"runtime"
	"sync"
	"time"

	"millicast.example/guide/millicast"
)

const nul = "s3cret\x00rest"

var secret, url = os.Getenv("MILLICAST_API_SECRET"), os.Getenv("MILLICAST_API_URL")

func show[T any](_ T, err error) {
	if err == nil {
		fmt.Println("was taken")
		return
	}
	fmt.Println(err)
}

func sign(signer *millicast.Signer, stream string, lifetime time.Duration, viewer string) (string, error) {
	jwt, _, err := signer.Sign(stream, lifetime, viewer, time.Now())
	return jwt, err
}

func refused(client *millicast.Client, signer *millicast.Signer) {
	show(millicast.NewClient(nul, url, time.Second))
	show(millicast.NewClient(secret, nul, time.Second))
	show(client.CreatePublishToken(nul, []string{"s"}, time.Minute))
	show(client.CreatePublishToken("l", []string{"s", nul}, time.Minute))
	show(client.CreateSubscribeToken(nul, []string{"s"}, time.Minute))
	show(client.CreateSubscribeToken("l", []string{"s", nul}, time.Minute))
	show(sign(signer, nul, time.Minute, "viewer"))
	show(sign(signer, "StageCam", time.Minute, nul))
	fmt.Println("numbers")
	for _, given := range []time.Duration{-1, -time.Second, time.Microsecond, (1<<32 + 5) * time.Millisecond} {
		show(millicast.NewClient(secret, url, given))
	}
	show(client.CreatePublishToken("l", []string{"s"}, (1<<32+60)*time.Second))
	show(client.CreateSubscribeToken("l", []string{"s"}, 500*time.Millisecond))
	show(client.CreateSubscribeToken("l", []string{"s"}, math.MinInt64))
	show(sign(signer, "StageCam", 1500*time.Millisecond, "viewer"))
}

// ends runs what a hundred goroutines do at once, and counts how it ended.
func ends(call func() error) map[string]int {
	var all sync.WaitGroup
	var lock sync.Mutex
	counted := map[string]int{}
	for i := 0; i < 100; i++ {
		all.Add(1)
		go func() {
			defer all.Done()
			end := "done"
			if why, isError := call().(*millicast.Error); isError {
				end = why.Status
			}
			lock.Lock()
			counted[end]++
			lock.Unlock()
		}()
	}
	all.Wait()
	return counted
}

func stress(client *millicast.Client, signer *millicast.Signer, parent *millicast.SubscribeToken) {
	fmt.Println(ends(func() error {
		runtime.GC()
		other, err := parent.Signer() // which the collector closes
		if err != nil {
			return err
		}
		if _, err := sign(other, "StageCam", time.Minute, "viewer"); err != nil {
			return err
		}
		_, err = client.PublishTokenIDs()
		return err
	}))
	closing := ends(func() error { // each closes what the others use
		_, err := client.PublishTokenIDs()
		client.Close()
		if _, signing := sign(signer, "StageCam", time.Minute, "viewer"); err == nil {
			err = signing
		}
		signer.Close()
		return err
	})
	fmt.Println(closing["done"]+closing["MCT_ERR_CANCELLED"]+closing["MCT_ERR_NULL_ARGUMENT"], "ended")
	parent.Close()
	parent.Close()
	show(sign(signer, "StageCam", time.Minute, "viewer"))
	show(parent.Signer())
	show(client.PublishTokenIDs())
}

func main() {
	client, err := millicast.NewClient(secret, url, 5*time.Second)
	if err != nil {
		panic(err)
	}
	parent, err := client.CreateSubscribeToken("Go", []string{"StageCam"}, time.Hour)
	if err != nil {
		panic(err)
	}
	signer, err := parent.Signer()
	if err != nil {
		panic(err)
	}
	if os.Args[1] == "refused" {
		refused(client, signer)
	} else {
		stress(client, signer, parent)
	}
}
