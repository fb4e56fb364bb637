// Creates tokens, lists them, signs one for a viewer, asks an emulator's director about it, and deletes them again.
// MILLICAST_API_SECRET and MILLICAST_API_URL say as whom and where.
package main

import (
	"encoding/json"
	"errors"
	"fmt"
	"net/http"
	"os"
	"strings"
	"time"

	"millicast.example/guide/millicast"
)

const (
	stream  = "StageCam"
	timeout = 5 * time.Second
)

// askDirector tells what the director says to a viewer: whether he is let in, and why not.
func askDirector(url, jwt string) (isAdmitted bool, why string, err error) {
	body := strings.NewReader(fmt.Sprintf(`{"streamName": %q}`, stream))
	request, err := http.NewRequest(http.MethodPost, url+"/api/director/subscribe", body)
	if err != nil {
		return false, "", err
	}
	request.Header.Set("Authorization", "Bearer "+jwt)
	answer, err := (&http.Client{Timeout: timeout}).Do(request)
	if err != nil {
		return false, "", err
	}
	defer answer.Body.Close()
	var said struct{ Data struct{ Rule string } }
	if err := json.NewDecoder(answer.Body).Decode(&said); err != nil {
		return false, "", err
	}
	return answer.StatusCode == http.StatusOK, fmt.Sprintf("%s, HTTP %d", said.Data.Rule, answer.StatusCode), nil
}

// showRefusal expects a failure, and shows it.
func showRefusal(what string, err error) error {
	var why *millicast.Error
	if !errors.As(err, &why) {
		return fmt.Errorf("%s was not refused", what)
	}
	fmt.Printf("%s is refused: %v\n", what, why)
	return nil
}

func admit(url string, parent *millicast.SubscribeToken) error {
	signer, err := parent.Signer()
	if err != nil {
		return err
	}
	defer signer.Close()
	jwt, expiresAt, err := signer.Sign(stream, time.Minute, "Zoë", time.Now())
	if err != nil {
		return err
	}
	fmt.Printf("signed a token of %d characters, good for %d s\n", len(jwt), expiresAt.Unix()-time.Now().Unix())
	isAdmitted, why, err := askDirector(url, jwt)
	if err != nil {
		return err
	}
	if !isAdmitted {
		return errors.New("the director refuses the token: " + why)
	}
	fmt.Println("the director admits the viewer")
	_, _, err = signer.Sign("BackupCam", time.Minute, "Zoë", time.Now())
	return showRefusal("signing for another stream", err)
}

func refuse(url string, parent *millicast.SubscribeToken) error {
	signer, err := parent.UncheckedSigner()
	if err != nil {
		return err
	}
	defer signer.Close()
	jwt, _, err := signer.Sign(stream, time.Minute, "Zoë", time.Now().Add(-time.Hour))
	if err != nil {
		return err
	}
	isAdmitted, why, err := askDirector(url, jwt)
	if err != nil {
		return err
	}
	if isAdmitted {
		return errors.New("the director admits an expired token")
	}
	fmt.Println("the director refuses an expired token: " + why)
	return nil
}

// withToken goes on with body, and then deletes the token, however that ended.
func withToken(kind string, id uint64, remove func(uint64) error, body func() error) error {
	fmt.Printf("created %s token %d\n", kind, id)
	err := body()
	if problem := remove(id); problem != nil {
		if err == nil {
			err = problem
		}
		return err
	}
	fmt.Printf("deleted %s token %d\n", kind, id)
	return err
}

func subscribe(client *millicast.Client, url string) error {
	ids, err := client.PublishTokenIDs()
	if err != nil {
		return err
	}
	fmt.Println("publish tokens:", strings.Trim(fmt.Sprint(ids), "[]"))
	parent, err := client.CreateSubscribeToken("Go guide", []string{stream}, time.Hour)
	if err != nil {
		return err
	}
	defer parent.Close()
	return withToken("subscribe", parent.ID(), client.DeleteSubscribeToken, func() error {
		if err := admit(url, parent); err != nil {
			return err
		}
		return refuse(url, parent)
	})
}

func guide(client *millicast.Client, url string) error {
	_, err := client.CreatePublishToken("Go guide", nil, time.Hour)
	if err := showRefusal("a token without streams", err); err != nil {
		return err
	}
	id, err := client.CreatePublishToken("Go guide", []string{stream}, time.Hour)
	if err != nil {
		return err
	}
	err = withToken("publish", id, client.DeletePublishToken, func() error { return subscribe(client, url) })
	if err != nil {
		return err
	}
	return showRefusal("deleting it again", client.DeletePublishToken(id))
}

func run() error {
	secret, url := os.Getenv("MILLICAST_API_SECRET"), os.Getenv("MILLICAST_API_URL")
	if secret == "" || url == "" {
		return errors.New("set MILLICAST_API_SECRET, and MILLICAST_API_URL to an emulator's address")
	}
	fmt.Println("millicast-tokens", millicast.Version())
	client, err := millicast.NewClient(secret, url, timeout)
	if err != nil {
		return err
	}
	defer client.Close()
	return guide(client, url)
}

func main() {
	if err := run(); err != nil {
		fmt.Fprintln(os.Stderr, "failed:", err)
		os.Exit(1)
	}
}
