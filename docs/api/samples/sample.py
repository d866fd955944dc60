# Python 3, without packages.
import hashlib, json, os, sys, time, urllib.request

url, app_id, app_key = (os.environ[name] for name in ("SIYU_URL", "APP_ID", "APP_KEY"))
body = json.dumps({"hello": "world"}).encode()
timestamp = str(int(time.time() * 1000))
sign = hashlib.sha256(app_id.encode() + timestamp.encode() + body + app_key.encode()).hexdigest()
headers = {"content-type": "application/json", "appId": app_id, "timestamp": timestamp, "sign": sign}
request = urllib.request.Request(url + "/api/v3/echo", body, headers, method="POST")
reply = urllib.request.urlopen(request).read().decode()
print(reply)
sys.exit(0 if json.loads(reply)["code"] == 0 else 1)
