#!/bin/sh
# Needs curl and sha256sum (on macOS: shasum -a 256).
set -eu
body='{"hello":"world"}'
timestamp="$(date +%s)000"
sign=$(printf '%s' "$APP_ID$timestamp$body$APP_KEY" | sha256sum | cut -d' ' -f1)
reply=$(curl -sS "$SIYU_URL/api/v3/echo" -H 'content-type: application/json' \
  -H "appId: $APP_ID" -H "timestamp: $timestamp" -H "sign: $sign" -d "$body")
echo "$reply"
case $reply in '{"code":0,'*) ;; *) exit 1 ;; esac
