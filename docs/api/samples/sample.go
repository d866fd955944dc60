// Go, without packages of others: go run sample.go
package main

import (
	"crypto/sha256"
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"os"
	"strings"
	"time"
)

func main() {
	url, appID, appKey := os.Getenv("SIYU_URL"), os.Getenv("APP_ID"), os.Getenv("APP_KEY")
	body := `{"hello":"world"}`
	timestamp := fmt.Sprint(time.Now().UnixMilli())
	sign := fmt.Sprintf("%x", sha256.Sum256([]byte(appID+timestamp+body+appKey)))
	request, err := http.NewRequest("POST", url+"/api/v3/echo", strings.NewReader(body))
	if err != nil {
		panic(err)
	}
	for name, value := range map[string]string{
		"content-type": "application/json", "appId": appID, "timestamp": timestamp, "sign": sign,
	} {
		request.Header.Set(name, value)
	}
	response, err := http.DefaultClient.Do(request)
	if err != nil {
		panic(err)
	}
	defer response.Body.Close()
	text, _ := io.ReadAll(response.Body)
	fmt.Println(string(text))
	var reply struct{ Code int }
	if json.Unmarshal(text, &reply) != nil || reply.Code != 0 {
		os.Exit(1)
	}
}
